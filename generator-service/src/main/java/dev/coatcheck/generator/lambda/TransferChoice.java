package dev.coatcheck.generator.lambda;

import dev.coatcheck.generator.ingest.FunctionCall;
import dev.coatcheck.generator.ingest.ImageSource;
import dev.coatcheck.generator.ingest.Transfer;

/** All transfers as one: gives each call to the one that it asks for. */
public final class TransferChoice implements ImageSource, AutoCloseable {

  /** A bigger image may not fit into a buffered answer, whose 6 MB are base64 and its JSON. */
  private static final long MAX_BUFFERED_BYTES = 4_500_000;

  /** Lambda sends the first 6 MB of a stream at full speed, and what follows at 2 MB/s. */
  private static final long MAX_STREAMED_BYTES = 12_000_000;

  private final LambdaAccess access;
  private final BufferedInvoke buffered;
  private final StreamedInvoke streamed;
  private final CallbackInvoke callback;

  /**
   * Clients of their own.
   *
   * @throws IllegalArgumentException if AWS's own settings are missing or make no sense
   */
  public TransferChoice(LambdaSettings settings) {
    this.access = new LambdaAccess(settings);
    this.buffered = new BufferedInvoke(access);
    this.streamed = new StreamedInvoke(access, settings.streams());
    this.callback = new CallbackInvoke(access);
  }

  /**
   * The best transfer for an image of at most {@code maxBytes}.
   *
   * @param canPush true when functions have an address to push to
   * @param canStream false where Lambda streams no answers
   */
  public static Transfer automatic(long maxBytes, boolean canPush, boolean canStream) {
    if (maxBytes <= MAX_BUFFERED_BYTES || (!canPush && !canStream)) {
      return Transfer.BUFFERED;
    }
    if (!canStream) {
      return Transfer.CALLBACK;
    }
    return maxBytes <= MAX_STREAMED_BYTES || !canPush
        ? Transfer.RESPONSE_STREAM
        : Transfer.CALLBACK;
  }

  @Override
  public Running start(FunctionCall call, Sink sink) {
    return switch (call.transfer()) {
      case BUFFERED -> buffered.start(call, sink);
      case RESPONSE_STREAM -> streamed.start(call, sink);
      case CALLBACK -> callback.start(call, sink);
    };
  }

  /** How many calls run now. */
  public int running() {
    return buffered.running() + streamed.running() + callback.running();
  }

  @Override
  public void close() {
    buffered.close();
    streamed.close();
    callback.close();
    access.close();
  }
}
