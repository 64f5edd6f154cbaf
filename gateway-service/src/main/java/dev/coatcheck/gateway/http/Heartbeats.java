package dev.coatcheck.gateway.http;

import dev.coatcheck.kit.sweep.Sweep;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The clock of the responses that must notice when their reader has gone: each says something every
 * few seconds, and is broken when a write takes too long. A connection that is only read from, or
 * waits for a function, would show neither.
 *
 * <p><b>Threading:</b> one thread of its own, in which nothing blocks.
 */
final class Heartbeats implements AutoCloseable {

  /** Who is asked. */
  interface Listener {

    /** Some time has passed: says something if nothing was said, ends what takes too long. */
    void tick();
  }

  private static final Duration MAX_HEARTBEAT_INTERVAL = Duration.ofSeconds(4);
  private static final Duration MAX_TIMEOUT = Duration.ofSeconds(12);
  private static final int TICKS = 4;

  private final Duration silence;
  private final Duration patience;
  private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("heartbeats").factory());

  /**
   * A clock that runs.
   *
   * @param stallTimeout how long any response may stall; these never do for longer than 12 s
   */
  Heartbeats(Duration stallTimeout) {
    this.patience = stallTimeout.compareTo(MAX_TIMEOUT) < 0 ? stallTimeout : MAX_TIMEOUT;
    Duration third = patience.dividedBy(3);
    this.silence = third.compareTo(MAX_HEARTBEAT_INTERVAL) < 0 ? third : MAX_HEARTBEAT_INTERVAL;
    long everyNanos = silence.dividedBy(TICKS).toNanos();
    timer.scheduleWithFixedDelay(
        () -> Sweep.each(listeners, Listener::tick), everyNanos, everyNanos, TimeUnit.NANOSECONDS);
  }

  void add(Listener listener) {
    listeners.add(listener);
  }

  void remove(Listener listener) {
    listeners.remove(listener);
  }

  /** True when something should be said, since nothing was for so long. */
  boolean isSilent(long sinceNanos) {
    return System.nanoTime() - sinceNanos > silence.toNanos();
  }

  /** True when what began then has taken too long. */
  boolean isStalled(long sinceNanos) {
    return System.nanoTime() - sinceNanos > patience.toNanos();
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
