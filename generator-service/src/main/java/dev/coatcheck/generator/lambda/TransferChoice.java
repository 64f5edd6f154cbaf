package dev.coatcheck.generator.lambda;

import dev.coatcheck.generator.ingest.FunctionCall;
import dev.coatcheck.generator.ingest.ImageSource;
import dev.coatcheck.generator.ingest.Transfer;

/** All transfers as one: gives each call to the one that it asks for. */
public final class TransferChoice implements ImageSource, AutoCloseable {

  /** A bigger image may not fit into a buffered answer, whose 6 MB are base64 and its JSON. */
  private static final long MOST_BUFFERED_BYTES = 4_500_000;

  private final BufferedInvoke buffered;
  private final StreamedInvoke streamed;

  public TransferChoice(LambdaSettings settings) {
    this.buffered = new BufferedInvoke(settings);
    this.streamed = new StreamedInvoke(settings);
  }

  /** The best transfer for an image of at most {@code maxBytes}. */
  public static Transfer automatic(long maxBytes) {
    return maxBytes <= MOST_BUFFERED_BYTES ? Transfer.BUFFERED : Transfer.RESPONSE_STREAM;
  }

  @Override
  public Running start(FunctionCall call, Sink sink) {
    return switch (call.transfer()) {
      case BUFFERED -> buffered.start(call, sink);
      case RESPONSE_STREAM -> streamed.start(call, sink);
    };
  }

  @Override
  public void close() {
    buffered.close();
    streamed.close();
  }
}
