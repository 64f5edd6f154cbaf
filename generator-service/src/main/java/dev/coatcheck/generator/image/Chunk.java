package dev.coatcheck.generator.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A view of some bytes of an image, valid until its reader is closed, or until {@link #release} for
 * a caller of {@link #retain}.
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

  /** Keeps the bytes where they are, whatever becomes of the reader; it is not closed yet. */
  public void retain() {
    if (!buffer.tryRetain()) {
      throw new IllegalStateException("retained when its reader was closed");
    }
  }

  /** Undoes one {@link #retain}. */
  public void release() {
    buffer.release();
  }

  /** Its bytes where they lie, in order. */
  public List<ByteBuffer> pieces() {
    List<ByteBuffer> pieces = new ArrayList<>(2);
    int left = length;
    while (left > 0) {
      ByteBuffer piece = buffer.piece(offset + length - left, left);
      pieces.add(piece);
      left -= piece.remaining();
    }
    return pieces;
  }
}
