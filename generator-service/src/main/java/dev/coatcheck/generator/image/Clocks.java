package dev.coatcheck.generator.image;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The two clocks: a monotonic one, which decides, and the wall's, which is only shown.
 *
 * @param nanos a clock that never goes back, in nanoseconds from an arbitrary origin
 * @param wall the time of day
 */
public record Clocks(LongSupplier nanos, InstantSource wall) {

  /** The system's own clocks. */
  public static final Clocks SYSTEM = new Clocks(System::nanoTime, InstantSource.system());

  /** A moment, in nanoseconds, to compare with others of this clock. */
  public long now() {
    return nanos.getAsLong();
  }

  /** True when at least {@code span} has passed since {@code since}. */
  public boolean passed(long since, Duration span) {
    return now() - since >= span.toNanos();
  }

  /** The time of day. */
  public Instant date() {
    return wall.instant();
  }
}
