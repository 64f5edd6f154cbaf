package dev.coatcheck.kit.pace;

import java.time.Duration;

/**
 * The time that a reader takes for what lies unread in buffers on its side, at the pace that it had
 * so far.
 *
 * @param readBytes what it took so far, 1 or more
 * @param took the time that it needed for that
 */
public record ReadingTime(long readBytes, Duration took) {

  /** What a reader has taken since {@code startNanos}, by {@link System#nanoTime}. */
  public static ReadingTime since(long startNanos, long readBytes) {
    return new ReadingTime(
        Math.max(1, readBytes), Duration.ofNanos(Math.max(0, System.nanoTime() - startNanos)));
  }

  /** The time for {@code unreadBytes}, at most {@code max}. */
  public Duration of(long unreadBytes, Duration max) {
    double nanos =
        (double) took.toNanos() * ((double) Math.min(unreadBytes, readBytes) / readBytes);
    return nanos >= max.toNanos() ? max : Duration.ofNanos((long) nanos);
  }
}
