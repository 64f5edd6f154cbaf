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
 * may read while the rest is still being written. They come one after the other, by {@link
 * #append}, or anywhere, by {@link #put}, and then {@link #advance} says how far there is no gap.
 * The SHA-256 follows that position.
 *
 * <p><b>Threading:</b> one writer at a time, except that bytes may be put while others, below them,
 * are advanced over; any number of readers, on any thread, below the committed position.
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
  private volatile long writtenBytes; // from the start, without a gap

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
    long end = writtenBytes + bytes.remaining();
    if (end > capacityBytes) {
      return false;
    }
    sha256.update(bytes.duplicate());
    put(writtenBytes, bytes);
    writtenBytes = end;
    return true;
  }

  /**
   * Writes {@code bytes} from {@code offset} on, where nothing has been advanced over yet. Consumes
   * the buffer.
   *
   * @return false, with nothing written, when they would exceed the capacity
   */
  boolean put(long offset, ByteBuffer bytes) {
    if (bytes.remaining() > capacityBytes - offset) {
      return false;
    }
    for (long position = offset; bytes.hasRemaining(); ) {
      int at = (int) (position % segmentBytes);
      int length = Math.min(bytes.remaining(), segmentBytes - at);
      segmentForWriting(position).put(at, bytes, bytes.position(), length);
      bytes.position(bytes.position() + length);
      position += length;
    }
    return true;
  }

  /** There is no gap before {@code upTo} any more. */
  void advance(long upTo) {
    for (long position = writtenBytes; position < upTo; ) {
      int at = (int) (position % segmentBytes);
      int length = (int) Math.min(upTo - position, segmentBytes - at);
      sha256.update(segment(position).slice(at, length));
      position += length;
    }
    writtenBytes = upTo;
  }

  private ByteBuffer segmentForWriting(long position) {
    int index = (int) (position / segmentBytes);
    ByteBuffer segment = segments[index];
    if (segment == null) {
      segment = reservation.take();
      segments[index] = segment;
    }
    return segment;
  }

  private ByteBuffer segment(long position) {
    ByteBuffer segment = segments[(int) (position / segmentBytes)];
    if (segment == null) {
      throw new IllegalArgumentException("position " + position + " was not written");
    }
    return segment;
  }

  /** Lets readers see all that was written without a gap. */
  void commit() {
    committedBytes = writtenBytes;
  }

  /** Commits, and gives back the memory that was not needed. Nothing can be written any more. */
  String finish() {
    reservation.trim();
    commit();
    return sha256();
  }

  /** Of all that was written without a gap, in lower-case hex. */
  String sha256() {
    try {
      return HexFormat.of().formatHex(((MessageDigest) sha256.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new AssertionError("the JDK's SHA-256 can be cloned", e);
    }
  }

  /** How far readers may read. */
  long committedBytes() {
    return committedBytes;
  }

  long writtenBytes() {
    return writtenBytes;
  }

  /** The first bytes, at most {@code most} of those that were written without a gap. */
  byte[] head(int most) {
    byte[] head = new byte[(int) Math.min(Math.min(most, segmentBytes), writtenBytes)];
    if (head.length > 0) {
      segment(0).get(0, head);
    }
    return head;
  }

  /** Copies committed bytes to {@code out}, by way of {@code scratch}. The caller has a share. */
  void writeTo(OutputStream out, long offset, int length, byte[] scratch) throws IOException {
    int left = length;
    for (long position = offset; left > 0; ) {
      int at = (int) (position % segmentBytes);
      int step = Math.min(Math.min(left, scratch.length), segmentBytes - at);
      segment(position).get(at, scratch, 0, step);
      out.write(scratch, 0, step);
      position += step;
      left -= step;
    }
  }

  /**
   * Committed bytes from {@code offset} on, as far as they are of one piece. The caller has a
   * share.
   */
  ByteBuffer piece(long offset, int most) {
    int at = (int) (offset % segmentBytes);
    int length = (int) Math.min(Math.min(most, segmentBytes - at), committedBytes - offset);
    return segment(offset).slice(at, length).asReadOnlyBuffer();
  }

  /** The CRC32C (RFC 3720, appendix B.4) of committed bytes. The caller has a share. */
  int crc32c(long offset, int length) {
    CRC32C crc = new CRC32C();
    int left = length;
    for (long position = offset; left > 0; ) {
      int at = (int) (position % segmentBytes);
      int step = Math.min(left, segmentBytes - at);
      crc.update(segment(position).slice(at, step));
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

  /** How many shares there are now. */
  int shares() {
    return shares.get();
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
