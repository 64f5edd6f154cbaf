package dev.coatcheck.generator.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A fixed number of equal off-heap segments: the hard budget of the process. All of it is taken
 * from the operating system, and touched, when the pool is made, so that a machine which lacks the
 * memory says so at the start and not under load.
 *
 * <p>A growing pool was rejected: it saves memory only while nothing happens, and turns a refusal,
 * which is an answer, into an out-of-memory kill, which is none.
 *
 * <p><b>Threading:</b> any thread.
 *
 * <p><b>Ownership:</b> segments leave the pool only through a {@link Reservation}, which gives all
 * of its own back exactly once.
 */
public final class SegmentPool implements AutoCloseable {

  private static final long MAX_SLAB_BYTES = 1L << 30; // a ByteBuffer ends at 2 GiB - 1

  private final int segmentBytes;
  private final int segments;
  private final Arena arena = Arena.ofShared();

  // state: any thread
  private final AtomicInteger unreserved;
  private final ByteBuffer[] idle; // guarded by itself
  private int idleCount; // guarded by idle

  /**
   * Takes the memory.
   *
   * @param budgetBytes the most that can be reserved, rounded down to whole segments
   * @param segmentBytes the size of a segment
   * @throws OutOfMemoryError if the machine does not have it
   */
  public SegmentPool(long budgetBytes, int segmentBytes) {
    if (segmentBytes <= 0 || budgetBytes < segmentBytes) {
      throw new IllegalArgumentException(
          "budget: " + budgetBytes + " bytes (expected: >= a segment of " + segmentBytes + ")");
    }
    this.segmentBytes = segmentBytes;
    this.segments = Math.toIntExact(budgetBytes / segmentBytes);
    this.unreserved = new AtomicInteger(segments);
    this.idle = new ByteBuffer[segments];
    int segmentsPerSlab = (int) Math.max(1, MAX_SLAB_BYTES / segmentBytes);
    for (int made = 0; made < segments; ) {
      int count = Math.min(segmentsPerSlab, segments - made);
      MemorySegment slab = arena.allocate((long) count * segmentBytes, 4096);
      for (int i = 0; i < count; i++) {
        idle[made++] = slab.asSlice((long) i * segmentBytes, segmentBytes).asByteBuffer();
      }
    }
    this.idleCount = segments;
  }

  /**
   * Sets memory aside.
   *
   * @param bytes how much, rounded up to whole segments
   * @return the reservation, which the caller owns and must release; empty when there is no room
   */
  public Optional<Reservation> tryReserve(long bytes) {
    long wanted = segmentsFor(bytes);
    int seen;
    do {
      seen = unreserved.get();
      if (wanted > seen) {
        return Optional.empty();
      }
    } while (!unreserved.compareAndSet(seen, seen - (int) wanted));
    return Optional.of(new Reservation(this, (int) wanted));
  }

  /** What can be reserved now. */
  public long freeBytes() {
    return (long) unreserved.get() * segmentBytes;
  }

  /** The whole of it. */
  public long budgetBytes() {
    return (long) segments * segmentBytes;
  }

  /** The size of a segment. */
  public int segmentBytes() {
    return segmentBytes;
  }

  /** Gives the memory back to the operating system. Nothing may use a segment any more. */
  @Override
  public void close() {
    arena.close();
  }

  long segmentsFor(long bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("bytes: " + bytes + " (expected: > 0)");
    }
    return (bytes - 1) / segmentBytes + 1;
  }

  ByteBuffer take() {
    synchronized (idle) {
      if (idleCount == 0) {
        throw new IllegalStateException("a reserved segment is not there: the account is wrong");
      }
      return idle[--idleCount];
    }
  }

  void release(ByteBuffer[] taken, int count) {
    synchronized (idle) {
      for (int i = 0; i < count; i++) {
        idle[idleCount++] = taken[i];
      }
    }
  }

  void unreserve(int count) {
    if (unreserved.addAndGet(count) > segments) {
      throw new IllegalStateException("more was given back than was reserved");
    }
  }
}
