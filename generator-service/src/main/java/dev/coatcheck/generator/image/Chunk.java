package dev.coatcheck.generator.image;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A borrowed view of some bytes of an image, valid until its reader is closed.
 *
 * <p>Whoever has one was recorded as having been handed these bytes.
 */
public final class Chunk {

  private final ImageBuffer buffer;
  private final long offset;
  private final int length;

  Chunk(ImageBuffer buffer, long offset, int length) {
    this.buffer = buffer;
    this.offset = offset;
    this.length = length;
  }

  /** Where it begins in the image. */
  public long offset() {
    return offset;
  }

  /** How many bytes it has. */
  public int length() {
    return length;
  }

  /** The CRC32C of its bytes. */
  public int crc32c() {
    return buffer.crc32c(offset, length);
  }

  /** Copies its bytes to {@code out}, by way of {@code scratch}. */
  public void writeTo(OutputStream out, byte[] scratch) throws IOException {
    buffer.writeTo(out, offset, length, scratch);
  }
}
