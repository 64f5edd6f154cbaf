package dev.coatcheck.generator.rpc;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much more memory may be used for image bytes that are called in from transports. Each cut
 * stream takes some until its reader's side lets go of it, and many may be cut at once.
 *
 * <p><b>Threading:</b> any thread.
 */
final class SpareBytes {

  private final AtomicLong left;

  /** So many at most. */
  SpareBytes(long bytes) {
    this.left = new AtomicLong(bytes);
  }

  /** Takes {@code bytes}, which the caller must give back; false, with nothing taken, without. */
  boolean tryTake(int bytes) {
    long seen;
    do {
      seen = left.get();
      if (bytes > seen) {
        return false;
      }
    } while (!left.compareAndSet(seen, seen - bytes));
    return true;
  }

  /** Gives back what was taken. */
  void giveBack(int bytes) {
    left.addAndGet(bytes);
  }
}
