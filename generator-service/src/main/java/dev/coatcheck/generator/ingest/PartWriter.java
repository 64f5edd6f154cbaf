package dev.coatcheck.generator.ingest;

import dev.coatcheck.generator.image.ServiceException;
import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.zip.CRC32C;

/**
 * Who sends one part.
 *
 * <p><b>Threading:</b> one thread at a time; parts of one upload take turns.
 *
 * <p><b>Lifecycle:</b> ends by {@link #end} or {@link #abandon}; after either, and after any
 * refusal, abandoning changes nothing any more. Holds no memory of its own: a part that nobody ends
 * keeps nothing but its place.
 */
public final class PartWriter {

  private final Upload upload;
  private final long offset;
  private final int sizeBytes;
  private final OptionalInt expectedCrc32c;
  private final CRC32C crc32c = new CRC32C();

  // state: one thread at a time
  private int written;

  PartWriter(Upload upload, long offset, int sizeBytes, OptionalInt expectedCrc32c) {
    this.upload = upload;
    this.offset = offset;
    this.sizeBytes = sizeBytes;
    this.expectedCrc32c = expectedCrc32c;
  }

  long offset() {
    return offset;
  }

  int sizeBytes() {
    return sizeBytes;
  }

  /** How much is still to come. */
  public int remainingBytes() {
    return sizeBytes - written;
  }

  /**
   * Some bytes, which are the caller's again when this returns.
   *
   * @throws ServiceException if they are more than were announced, or no longer wanted
   */
  public void write(ByteBuffer bytes) {
    if (bytes.remaining() > remainingBytes()) {
      throw Uploads.invalid(
          "data", "more bytes than the part's size", sizeBytes + " bytes at " + offset);
    }
    crc32c.update(bytes.duplicate());
    int length = bytes.remaining();
    upload.write(this, offset + written, bytes);
    written += length;
  }

  /**
   * The part is whole.
   *
   * @throws ServiceException if it is not what was announced, or not what was written before
   */
  public void end() {
    if (remainingBytes() > 0) {
      throw Uploads.invalid("data", written + " bytes", sizeBytes + " bytes at " + offset);
    }
    int crc = (int) crc32c.getValue();
    if (expectedCrc32c.isPresent() && expectedCrc32c.getAsInt() != crc) {
      throw Uploads.invalid("crc32c", hex(expectedCrc32c.getAsInt()), hex(crc) + ", as it came");
    }
    upload.end(this, crc);
  }

  /** The part will not be whole; it can be sent again. */
  public void abandon() {
    upload.abandon(this);
  }

  private static String hex(int crc) {
    return "%08x".formatted(crc);
  }
}
