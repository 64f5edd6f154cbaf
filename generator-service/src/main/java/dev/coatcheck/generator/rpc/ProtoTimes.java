package dev.coatcheck.generator.rpc;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.image.ServiceException;
import java.time.Instant;

/** Times, between Java's types and protobuf's. */
public final class ProtoTimes {

  private static final long MIN_SECONDS = Instant.parse("0001-01-01T00:00:00Z").getEpochSecond();
  private static final long MAX_SECONDS = Instant.parse("9999-12-31T23:59:58Z").getEpochSecond();

  /** So that a span has its nanoseconds in a {@code long}. */
  private static final long MAX_SPAN_SECONDS = java.time.Duration.ofDays(36_500).toSeconds();

  private ProtoTimes() {}

  /** The moment, from the year 1 to 9999, as protobuf has it. */
  public static Instant instant(Timestamp timestamp) {
    return Instant.ofEpochSecond(
        Math.clamp(timestamp.getSeconds(), MIN_SECONDS, MAX_SECONDS),
        Math.clamp(timestamp.getNanos(), 0, 999_999_999));
  }

  public static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  public static Duration duration(java.time.Duration duration) {
    return Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }

  /**
   * The span that a caller asks for.
   *
   * @throws ServiceException if it is not from {@code min} to {@code max}, or is no {@link
   *     Duration} as that is defined, whose seconds and nanoseconds have one sign
   */
  public static java.time.Duration requested(
      String field, Duration asked, java.time.Duration min, java.time.Duration max) {
    java.time.Duration span = duration(asked);
    boolean isDuration =
        Math.abs((long) asked.getNanos()) <= 999_999_999
            && Long.signum(asked.getSeconds()) * Integer.signum(asked.getNanos()) >= 0;
    if (!isDuration || span.compareTo(min) < 0 || span.compareTo(max) > 0) {
      String nanos = asked.getNanos() == 0 ? "" : " and " + asked.getNanos() + "ns";
      throw new ServiceException(
          Refusal.invalid(
              field,
              asked.getSeconds() + "s" + nanos,
              min.toSeconds() + "s to " + max.toSeconds() + "s"));
    }
    return span;
  }

  /** The span, a hundred years at most. */
  public static java.time.Duration duration(Duration duration) {
    return java.time.Duration.ofSeconds(
        Math.clamp(duration.getSeconds(), -MAX_SPAN_SECONDS, MAX_SPAN_SECONDS),
        duration.getNanos());
  }
}
