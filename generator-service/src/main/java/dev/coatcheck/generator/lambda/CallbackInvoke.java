package dev.coatcheck.generator.lambda;

import dev.coatcheck.generator.ingest.FunctionCall;
import dev.coatcheck.generator.ingest.ImageSource;

/**
 * The {@code callback} transfer: {@link Invoke} with an upload address in the event, to which the
 * function pushes the image by itself. Its answer says nothing but that it has ended.
 */
final class CallbackInvoke implements ImageSource, AutoCloseable {

  /** A call that waits costs a connection's buffers, some 50 KiB of heap. */
  private static final int AT_ONCE = 128;

  private final Invoke invoke;

  CallbackInvoke(LambdaAccess access) {
    this.invoke = new Invoke(access, AT_ONCE, ErrorBodyLimit.ofAll());
  }

  @Override
  public Running start(FunctionCall call, Sink sink) {
    return invoke.start(call, sink, answer -> sink.complete());
  }

  int running() {
    return invoke.running();
  }

  @Override
  public void close() {
    invoke.close();
  }
}
