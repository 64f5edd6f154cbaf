package dev.coatcheck.generator.lambda;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Limits how many calls of one kind run at the same time; the others wait, first come, first
 * served.
 *
 * <p><b>Threading:</b> {@link #tryAcquire} blocks its caller, which is a virtual thread.
 */
final class ConcurrencyLimiter {

  static final Duration ACQUIRE_TIMEOUT = Duration.ofSeconds(30);

  private final int atOnce;
  private final Semaphore free;

  ConcurrencyLimiter(int atOnce) {
    this.atOnce = atOnce;
    this.free = new Semaphore(atOnce, true);
  }

  /** Waits for a permit; false if none was free in time, or the generator stops. */
  boolean tryAcquire() {
    try {
      return free.tryAcquire(ACQUIRE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Returns a permit, once for each that was acquired. */
  void release() {
    free.release();
  }

  /** The number of permits in use. */
  int inUse() {
    return atOnce - free.availablePermits();
  }
}
