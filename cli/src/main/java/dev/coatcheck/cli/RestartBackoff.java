package dev.coatcheck.cli;

import java.time.Duration;

/**
 * The pauses before the starts of one process: each is twice the one before, up to a maximum. They
 * begin anew when the process has been up for long enough to be considered sound.
 *
 * <p>No jitter: it is for many clients of one server, and each process here has a port of its own.
 *
 * <p><b>Threading:</b> guarded by its owner.
 */
final class RestartBackoff {

  private static final Duration INITIAL_BACKOFF = Duration.ofSeconds(1);
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(30);
  private static final Duration RESET_AFTER = Duration.ofMinutes(1);

  private final Duration initial;
  private final Duration max;
  private final Duration resetAfter;

  // state
  private Duration next;

  /** From 1 s to 30 s, and 1 s again after a minute. */
  RestartBackoff() {
    this(INITIAL_BACKOFF, MAX_BACKOFF, RESET_AFTER);
  }

  /**
   * Other pauses.
   *
   * @param resetAfter how long a process must have been up for the pauses to begin anew
   */
  RestartBackoff(Duration initial, Duration max, Duration resetAfter) {
    this.initial = initial;
    this.max = max;
    this.resetAfter = resetAfter;
    this.next = initial;
  }

  /**
   * How long to wait before the next start.
   *
   * @param wasUp how long the process was up; zero if it did not get so far
   */
  Duration next(Duration wasUp) {
    Duration pause = wasUp.compareTo(resetAfter) < 0 ? next : initial;
    Duration doubled = pause.multipliedBy(2);
    next = doubled.compareTo(max) < 0 ? doubled : max;
    return pause;
  }
}
