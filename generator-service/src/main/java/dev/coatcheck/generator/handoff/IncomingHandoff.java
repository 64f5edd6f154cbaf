package dev.coatcheck.generator.handoff;

import com.google.protobuf.ByteString;
import dev.coatcheck.generator.image.ArrivingImage;
import dev.coatcheck.generator.image.Image;
import dev.coatcheck.generator.image.ImageId;
import dev.coatcheck.generator.image.ImageSnapshot;
import dev.coatcheck.generator.image.ServiceException;
import dev.coatcheck.v1.TransferredImage;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One image that was offered, and as much of it as has come.
 *
 * <p><b>Threading:</b> its stream's thread brings bytes; the clock, or another call, may end it
 * meanwhile. They take turns by its lock, which is taken under that of {@link IncomingHandoffs} or
 * alone.
 *
 * <p><b>Ownership:</b> of the memory that was set aside, until it is stored or discarded.
 */
final class IncomingHandoff {

  private final HandoffId transfer;
  private final ImageId id;
  private final long sizeBytes;
  private final ArrivingImage memory;

  // state: guarded by this
  private @Nullable ImageSnapshot said;
  private TransferredImage message = TransferredImage.getDefaultInstance();
  private long heardNanos;
  private boolean ended;

  IncomingHandoff(HandoffId transfer, ImageId id, long sizeBytes, ArrivingImage memory, long now) {
    this.transfer = transfer;
    this.id = id;
    this.sizeBytes = sizeBytes;
    this.memory = memory;
    this.heardNanos = now;
  }

  HandoffId transfer() {
    return transfer;
  }

  ImageId id() {
    return id;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  /** What was said of the image in the first message. */
  synchronized TransferredImage message() {
    return message;
  }

  /** The first message has come. False when one had come before. */
  synchronized boolean tryBegin(TransferredImage first, ImageSnapshot frozen, long now) {
    if (said != null || ended) {
      return false;
    }
    if (frozen.sizeBytes() != sizeBytes) {
      throw HandoffMessages.invalid(
          "image.size_bytes", Long.toString(frozen.sizeBytes()), sizeBytes + ", as it was offered");
    }
    said = frozen;
    message = first;
    heardNanos = now;
    return true;
  }

  /**
   * Takes a piece.
   *
   * @throws ServiceException if it is not what comes next, or not what its CRC32C says
   */
  synchronized void append(long offset, ByteString data, int crc32c, long now) {
    if (ended) {
      throw IncomingHandoffs.aborted(transfer, "it was aborted");
    }
    heardNanos = now;
    if (offset != memory.writtenBytes() || data.size() > sizeBytes - offset) {
      throw HandoffMessages.invalid(
          "offset",
          offset + ", " + data.size() + " bytes",
          memory.writtenBytes() + ", at most " + (sizeBytes - memory.writtenBytes()) + " bytes");
    }
    CRC32C crc = new CRC32C();
    for (ByteBuffer bytes : data.asReadOnlyByteBufferList()) {
      crc.update(bytes);
    }
    if ((int) crc.getValue() != crc32c) {
      throw HandoffMessages.invalid(
          "crc32c",
          "%08x".formatted(crc32c),
          "%08x, as the bytes at %d came".formatted((int) crc.getValue(), offset));
    }
    for (ByteBuffer bytes : data.asReadOnlyByteBufferList()) {
      if (!memory.append(bytes)) {
        throw new IllegalStateException("the memory that was set aside is too small");
      }
    }
  }

  /**
   * All of it has come: it is this generator's from now on.
   *
   * @throws ServiceException if it is not what was said
   */
  synchronized Image store() {
    ImageSnapshot frozen = said;
    if (ended || frozen == null) {
      throw IncomingHandoffs.aborted(transfer, "it was aborted");
    }
    if (memory.writtenBytes() != sizeBytes) {
      throw HandoffMessages.invalid(
          "data", memory.writtenBytes() + " bytes", sizeBytes + ", as it was offered");
    }
    String sha256 = memory.sha256();
    if (!sha256.equals(frozen.sha256())) {
      throw HandoffMessages.invalid("image.sha256", frozen.sha256(), sha256 + ", as it came");
    }
    Image image = memory.keep(id, frozen);
    ended = true;
    return image;
  }

  /** What was said of who is picking it up. */
  synchronized ImageSnapshot said() {
    if (said == null) {
      throw new IllegalStateException("nothing was said");
    }
    return said;
  }

  /** True when nothing has come for so long. */
  synchronized boolean isSilent(long now, Duration span) {
    return now - heardNanos >= span.toNanos();
  }

  /** Gives the memory back, unless it was stored, or that was done before. */
  synchronized void discard() {
    if (!ended) {
      ended = true;
      memory.discard();
    }
  }
}
