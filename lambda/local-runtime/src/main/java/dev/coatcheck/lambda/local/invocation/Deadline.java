package dev.coatcheck.lambda.local.invocation;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Interrupts a thread if it has not closed this in time.
 *
 * <p><b>Threading:</b> used by the thread that it watches; once closed it interrupts no more.
 */
public final class Deadline implements AutoCloseable {

  private static final ScheduledExecutorService TIMER =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("deadline").factory());

  private final Future<?> alarm;

  // state, guarded by this
  private boolean passed;
  private boolean closed;

  private Deadline(Thread watched, Duration timeout) {
    alarm = TIMER.schedule(() -> pass(watched), timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  public static Deadline forThisThread(Duration timeout) {
    return new Deadline(Thread.currentThread(), timeout);
  }

  public synchronized boolean hasPassed() {
    return passed;
  }

  @Override
  public synchronized void close() {
    closed = true;
    alarm.cancel(false);
  }

  private synchronized void pass(Thread watched) {
    if (!closed) {
      passed = true;
      watched.interrupt();
    }
  }
}
