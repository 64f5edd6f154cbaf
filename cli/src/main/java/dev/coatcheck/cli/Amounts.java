package dev.coatcheck.cli;

import java.time.Duration;
import java.util.Locale;

/** Sizes, rates and times as people read them. */
final class Amounts {

  private static final double MB = 1e6;

  private Amounts() {}

  static String bytes(long bytes) {
    return bytes < MB
        ? String.format(Locale.ROOT, "%.0f kB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", bytes / MB);
  }

  static String rate(long bytes, Duration in) {
    double seconds = Math.max(1, in.toMillis()) / 1e3;
    return String.format(Locale.ROOT, "%.1f MB/s", bytes / MB / seconds);
  }

  static String time(Duration time) {
    return String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
  }
}
