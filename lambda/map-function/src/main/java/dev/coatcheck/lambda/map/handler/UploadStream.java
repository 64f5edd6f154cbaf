package dev.coatcheck.lambda.map.handler;

import dev.coatcheck.lambda.kit.PartUploader;
import dev.coatcheck.lambda.kit.UploadFailure;
import dev.coatcheck.lambda.kit.UploadTarget;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * A {@link PartUploader} as the stream that an image is written to.
 *
 * <p><b>Threading:</b> one writer.
 *
 * <p><b>Lifecycle:</b> ends by {@link #complete}; {@link #close} alone aborts it.
 */
final class UploadStream extends OutputStream {

  private final PartUploader parts;

  UploadStream(UploadTarget target) {
    this.parts = new PartUploader(target);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      parts.write(ByteBuffer.wrap(bytes, offset, length));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while parts were sent");
    }
  }

  /**
   * Sends the last part, waits for all of them, and completes the upload.
   *
   * @throws UploadFailure if a part, or the image, was not accepted
   */
  PartUploader.Receipt complete() throws UploadFailure, InterruptedException {
    return parts.complete();
  }

  /** Aborts the parts that are still being sent. */
  @Override
  public void close() {
    parts.close();
  }
}
