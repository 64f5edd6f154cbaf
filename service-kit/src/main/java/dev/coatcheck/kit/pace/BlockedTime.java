package dev.coatcheck.kit.pace;

import java.time.Duration;

/**
 * How long a reader has kept its writer waiting, which tells the reader's pace. All of the time
 * would not: most of it may be the time that the image took to be made.
 *
 * <p><b>Threading:</b> guarded by its owner.
 */
public final class BlockedTime {

  // state
  private long nanos;
  private long startNanos;
  private boolean blocked;

  /** There is something to write, and the reader takes no more for now. */
  public void begin() {
    if (!blocked) {
      blocked = true;
      startNanos = System.nanoTime();
    }
  }

  /** The reader takes more. */
  public void end() {
    if (blocked) {
      blocked = false;
      nanos += System.nanoTime() - startNanos;
    }
  }

  /** The pace of a reader who has taken so many bytes. */
  public ReadingTime pace(long readBytes) {
    return new ReadingTime(Math.max(1, readBytes), Duration.ofNanos(nanos));
  }
}
