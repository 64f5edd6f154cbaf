package dev.coatcheck.generator.lambda;

import dev.coatcheck.generator.ingest.FunctionCall;
import dev.coatcheck.generator.ingest.ImageSource;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The {@code buffered} transfer: the one answer of {@link Invoke} is JSON with the image in base64.
 * It and the SDK's copy of it are on the heap, so only a few calls run at once.
 */
final class BufferedInvoke implements ImageSource, AutoCloseable {

  private static final int AT_ONCE = 4;

  private final Invoke invoke;

  BufferedInvoke(LambdaAccess access) {
    this.invoke = new Invoke(access, AT_ONCE, ErrorBodyLimit.ofErrors());
  }

  @Override
  public Running start(FunctionCall call, Sink sink) {
    return invoke.start(call, sink, answer -> take(answer, sink));
  }

  private static void take(ByteBuffer answer, Sink sink) {
    try {
      BufferedAnswer.writeTo(sink, answer);
    } catch (IOException e) {
      sink.fail(FunctionErrors.ofAnswer(e));
    }
  }

  int running() {
    return invoke.running();
  }

  @Override
  public void close() {
    invoke.close();
  }
}
