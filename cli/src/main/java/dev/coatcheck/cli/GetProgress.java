package dev.coatcheck.cli;

import java.time.Duration;

/**
 * How far a pickup has come, and how fast: the rate is of all bytes since the first one that came
 * here.
 *
 * <p><b>Threading:</b> guarded by its owner.
 */
final class GetProgress {

  private final Duration every;

  // state
  private long firstBytes = -1;
  private long firstNanos;
  private long receivedBytes;
  private long sizeBytes;
  private long toldNanos;

  /**
   * Nothing yet.
   *
   * @param every how often it is to be told
   */
  GetProgress(Duration every) {
    this.every = every;
    this.toldNanos = System.nanoTime();
  }

  void size(long bytes) {
    sizeBytes = bytes > 0 ? bytes : sizeBytes;
  }

  /** Takes news in; true when they are to be told. */
  boolean isToBeTold(long received, long size) {
    long now = System.nanoTime();
    if (firstBytes < 0 || firstBytes == received) {
      firstBytes = received;
      firstNanos = now;
    }
    receivedBytes = received;
    size(size);
    if (now - toldNanos < every.toNanos()) {
      return false;
    }
    toldNanos = now;
    return true;
  }

  /** From 0 to 1; below 0 while nobody knows. */
  double fraction() {
    return sizeBytes == 0 ? -1 : (double) receivedBytes / sizeBytes;
  }

  /** So many bytes, so fast, so long to go. */
  String text() {
    Duration in = Duration.ofNanos(System.nanoTime() - firstNanos);
    long since = receivedBytes - firstBytes;
    String rate = Amounts.rate(since, in);
    if (sizeBytes == 0) {
      return "%s, %s, still being made".formatted(Amounts.bytes(receivedBytes), rate);
    }
    String of =
        "%s of %s, %s".formatted(Amounts.bytes(receivedBytes), Amounts.bytes(sizeBytes), rate);
    if (since <= 0 || receivedBytes == sizeBytes) {
      return of;
    }
    double left = (double) (sizeBytes - receivedBytes) / since * in.toMillis();
    return of + ", " + Amounts.time(Duration.ofMillis((long) left)) + " left";
  }
}
