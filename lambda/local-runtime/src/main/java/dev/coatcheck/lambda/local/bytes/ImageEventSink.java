package dev.coatcheck.lambda.local.bytes;

import dev.coatcheck.lambda.kit.ImageEventEncoder;
import dev.coatcheck.lambda.local.invocation.FunctionFailed;
import dev.coatcheck.lambda.local.invocation.ResponseSink;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An {@link ImageEventEncoder} as the sink that an image is written to.
 *
 * <p><b>Threading:</b> one writer, as for every sink.
 *
 * <p><b>Lifecycle:</b> {@link #begin}, the image's bytes, {@link #complete}.
 */
final class ImageEventSink implements ResponseSink {

  private final ResponseSink next;
  private final ImageEventEncoder encoder = new ImageEventEncoder();

  ImageEventSink(ResponseSink next) {
    this.next = next;
  }

  void begin(String contentType) throws IOException, FunctionFailed, InterruptedException {
    next.write(ByteBuffer.wrap(encoder.image(contentType)));
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException, FunctionFailed, InterruptedException {
    while (bytes.hasRemaining()) {
      if (encoder.add(bytes)) {
        next.write(ByteBuffer.wrap(encoder.chunk()));
      }
    }
  }

  void complete() throws IOException, FunctionFailed, InterruptedException {
    next.write(ByteBuffer.wrap(encoder.done()));
  }
}
