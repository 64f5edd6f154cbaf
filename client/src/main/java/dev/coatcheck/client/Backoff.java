package dev.coatcheck.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The pauses between attempts: from 100 ms, doubled to 5 s, each up to a fifth shorter or longer,
 * so that the many who lost one gateway do not come back together; until nothing has moved for the
 * whole of a patience.
 *
 * <p><b>Threading:</b> guarded by its owner.
 */
final class Backoff {

  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final double SPREAD = 0.2;

  private final Duration patience;

  // state
  private Duration pause = FIRST;
  private long movedNanos = System.nanoTime();

  Backoff(Duration patience) {
    this.patience = patience;
  }

  /** Something has moved: the patience begins anew. */
  void moved() {
    pause = FIRST;
    movedNanos = System.nanoTime();
  }

  /**
   * The next pause; empty when the patience is over.
   *
   * @param asked the least that the other side asks for
   */
  Optional<Duration> next(Optional<Duration> asked) {
    Duration spread =
        Duration.ofNanos(
            (long)
                (pause.toNanos() * ThreadLocalRandom.current().nextDouble(1 - SPREAD, 1 + SPREAD)));
    Duration next = asked.filter(least -> least.compareTo(spread) > 0).orElse(spread);
    pause = pause.multipliedBy(2).compareTo(LONGEST) < 0 ? pause.multipliedBy(2) : LONGEST;
    boolean over = System.nanoTime() - movedNanos + next.toNanos() > patience.toNanos();
    return over ? Optional.empty() : Optional.of(next);
  }
}
