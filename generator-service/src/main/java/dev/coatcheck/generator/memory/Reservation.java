package dev.coatcheck.generator.memory;

import java.nio.ByteBuffer;

/**
 * Memory that was set aside for one image, and the segments of it that the image has taken so far.
 *
 * <p><b>Threading:</b> {@link #take}, {@link #trim} and {@link #release} are called by one thread
 * at a time; a segment, once published by the owner, may be read by any thread until the release.
 *
 * <p><b>Lifecycle:</b> reserved, perhaps trimmed once, released exactly once.
 */
public final class Reservation {

  private final SegmentPool pool;

  // state: one thread at a time
  private final ByteBuffer[] taken;
  private int takenCount;
  private int reservedCount;
  private boolean released;

  Reservation(SegmentPool pool, int segments) {
    this.pool = pool;
    this.taken = new ByteBuffer[segments];
    this.reservedCount = segments;
  }

  /** What may be written in all. */
  public long capacityBytes() {
    return (long) taken.length * pool.segmentBytes();
  }

  /** The size of a segment. */
  public int segmentBytes() {
    return pool.segmentBytes();
  }

  /**
   * The next segment, which belongs to the reservation until it is released. Its content is
   * whatever the last image left there.
   */
  public ByteBuffer take() {
    if (released || takenCount == reservedCount) {
      throw new IllegalStateException("nothing is left of the reservation");
    }
    ByteBuffer segment = pool.take();
    taken[takenCount++] = segment;
    return segment;
  }

  /** Gives back what was not taken; nothing more can be taken then. */
  public void trim() {
    if (!released && takenCount < reservedCount) {
      int unused = reservedCount - takenCount;
      reservedCount = takenCount;
      pool.unreserve(unused);
    }
  }

  /** Gives everything back. Its segments may hold another image's bytes at once. */
  public void release() {
    if (released) {
      throw new IllegalStateException("released twice");
    }
    released = true;
    pool.release(taken, takenCount); // first the segments, then the right to take them
    pool.unreserve(reservedCount);
  }
}
