package dev.coatcheck.generator.lambda;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How many calls of one kind may run at once; the others wait for their turn, first come, first
 * served.
 *
 * <p><b>Threading:</b> {@link #tryTake} blocks its caller, which is a virtual thread.
 */
final class Turns {

  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final int atOnce;
  private final Semaphore free;

  Turns(int atOnce) {
    this.atOnce = atOnce;
    this.free = new Semaphore(atOnce, true);
  }

  /** Waits for a turn; false when it did not come, or the generator stops. */
  boolean tryTake() {
    try {
      return free.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Gives a turn back, once for each that was taken. */
  void giveBack() {
    free.release();
  }

  /** How many are taken now. */
  int taken() {
    return atOnce - free.availablePermits();
  }
}
