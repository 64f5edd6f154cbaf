package dev.coatcheck.lambda.local.invocation;

import java.util.concurrent.locks.LockSupport;

/**
 * A timetable: byte n is due at the start plus n divided by the rate. Since each wait is reckoned
 * from the start and not from the wait before it, errors do not add up, and the whole takes exactly
 * as long as it should.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class Pacer {

  private final long startNanos;
  private final long bytesPerSecond;

  /** A timetable from now on; a rate of 0 is no limit. */
  public static Pacer startingNow(long bytesPerSecond) {
    return new Pacer(System.nanoTime(), bytesPerSecond);
  }

  private Pacer(long startNanos, long bytesPerSecond) {
    this.startNanos = startNanos;
    this.bytesPerSecond = bytesPerSecond;
  }

  /** Waits until that many bytes are due. */
  public void awaitDue(long bytes) throws InterruptedException {
    if (bytesPerSecond > 0) {
      awaitNanoTime(startNanos + nanosFor(bytes));
    }
  }

  /** A piece of about 5 ms, from 1 KiB to 64 KiB. */
  public int pieceBytes() {
    long fiveMillis = bytesPerSecond / 200;
    return bytesPerSecond == 0 ? 64 * 1024 : Math.clamp(fiveMillis, 1024, 64 * 1024);
  }

  /** Waits until {@link System#nanoTime} is there. */
  public static void awaitNanoTime(long nanoTime) throws InterruptedException {
    for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      LockSupport.parkNanos(left);
    }
  }

  private long nanosFor(long bytes) {
    long seconds = bytes / bytesPerSecond;
    double rest = (bytes % bytesPerSecond) * 1e9 / bytesPerSecond;
    return seconds * 1_000_000_000L + (long) rest;
  }
}
