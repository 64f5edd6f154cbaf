package dev.coatcheck.lambda.map.handler;

import dev.coatcheck.lambda.kit.HttpProblem;
import dev.coatcheck.lambda.kit.ImageEventEncoder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * An {@link ImageEventEncoder} as the stream that an image is written to.
 *
 * <p><b>Threading:</b> one writer.
 *
 * <p><b>Lifecycle:</b> {@link #begin}, the image's bytes, then {@link #complete} or {@link #fail}.
 */
final class ImageEventStream extends OutputStream {

  private final OutputStream out;
  private final ImageEventEncoder encoder = new ImageEventEncoder();

  /** Writes the events to {@code out}, which is not closed. */
  ImageEventStream(OutputStream out) {
    this.out = out;
  }

  void begin(String contentType) throws IOException {
    out.write(encoder.image(contentType));
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes, offset, length);
    while (left.hasRemaining()) {
      if (encoder.add(left)) {
        out.write(encoder.chunk());
      }
    }
  }

  /** Sends the chunks that are complete; a partial slice waits for more bytes. */
  @Override
  public void flush() throws IOException {
    out.flush();
  }

  void complete() throws IOException {
    out.write(encoder.done());
  }

  void fail(HttpProblem problem) throws IOException {
    out.write(encoder.failed(problem));
  }
}
