package dev.coatcheck.generator.image;

import dev.coatcheck.generator.memory.Reservation;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An image's bytes: fixed segments, each written once, and a committed position up to which anybody
 * may read while the rest is still being written. The SHA-256 follows the committed position.
 *
 * <p><b>Threading:</b> one writer at a time; any number of readers, on any thread, below the
 * committed position.
 *
 * <p><b>Ownership:</b> counted. The maker holds the first share; whoever reads or writes holds
 * another. The last {@link #release} gives the memory back.
 */
final class ImageBuffer {

  private final Reservation reservation;
  private final long capacityBytes;
  private final int segmentBytes;
  private final @Nullable ByteBuffer[] segments; // read below the committed position only

  // state: the writer
  private final MessageDigest sha256 = newSha256();
  private long writtenBytes;

  // state: any thread
  private final AtomicInteger shares = new AtomicInteger(1);
  private volatile long committedBytes;

  /** Takes over the reservation; the caller owns the one share there is. */
  ImageBuffer(Reservation reservation, long maxBytes) {
    this.reservation = reservation;
    this.capacityBytes = Math.min(maxBytes, reservation.capacityBytes());
    this.segmentBytes = reservation.segmentBytes();
    this.segments =
        new @Nullable ByteBuffer[Math.toIntExact(reservation.capacityBytes() / segmentBytes)];
  }

  /**
   * Writes {@code bytes} behind what was written before, without committing them. Consumes the
   * buffer.
   *
   * @return false, with nothing written, when they would exceed the capacity
   */
  boolean append(ByteBuffer bytes) {
    if (bytes.remaining() > capacityBytes - writtenBytes) {
      return false;
    }
    sha256.update(bytes.duplicate());
    while (bytes.hasRemaining()) {
      int at = (int) (writtenBytes % segmentBytes);
      int length = Math.min(bytes.remaining(), segmentBytes - at);
      segmentForWriting().put(at, bytes, bytes.position(), length);
      bytes.position(bytes.position() + length);
      writtenBytes += length;
    }
    return true;
  }

  private ByteBuffer segmentForWriting() {
    int index = (int) (writtenBytes / segmentBytes);
    ByteBuffer segment = segments[index];
    if (segment == null) {
      segment = reservation.take();
      segments[index] = segment;
    }
    return segment;
  }

  private ByteBuffer committedSegment(long position) {
    ByteBuffer segment = segments[(int) (position / segmentBytes)];
    if (segment == null) {
      throw new IllegalArgumentException("position " + position + " is not committed");
    }
    return segment;
  }

  /** Lets readers see all that was written. */
  void commit() {
    committedBytes = writtenBytes;
  }

  /** Commits, and gives back the memory that was not needed. Nothing can be written any more. */
  String finish() {
    reservation.trim();
    commit();
    return HexFormat.of().formatHex(sha256.digest());
  }

  /** How far readers may read. */
  long committedBytes() {
    return committedBytes;
  }

  long writtenBytes() {
    return writtenBytes;
  }

  /** Copies committed bytes to {@code out}, by way of {@code scratch}. The caller has a share. */
  void writeTo(OutputStream out, long offset, int length, byte[] scratch) throws IOException {
    int left = length;
    for (long position = offset; left > 0; ) {
      int at = (int) (position % segmentBytes);
      int step = Math.min(Math.min(left, scratch.length), segmentBytes - at);
      committedSegment(position).get(at, scratch, 0, step);
      out.write(scratch, 0, step);
      position += step;
      left -= step;
    }
  }

  /** The CRC32C (RFC 3720, appendix B.4) of committed bytes. The caller has a share. */
  int crc32c(long offset, int length) {
    CRC32C crc = new CRC32C();
    int left = length;
    for (long position = offset; left > 0; ) {
      int at = (int) (position % segmentBytes);
      int step = Math.min(left, segmentBytes - at);
      crc.update(committedSegment(position).slice(at, step));
      position += step;
      left -= step;
    }
    return (int) crc.getValue();
  }

  /** Takes a share, unless the memory was given back already. */
  boolean tryRetain() {
    int seen;
    do {
      seen = shares.get();
      if (seen == 0) {
        return false;
      }
    } while (!shares.compareAndSet(seen, seen + 1));
    return true;
  }

  /** Lets go of one share. */
  void release() {
    int left = shares.decrementAndGet();
    if (left < 0) {
      throw new IllegalStateException("released more often than retained");
    }
    if (left == 0) {
      reservation.release();
    }
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
