package dev.coatcheck.client;

import dev.coatcheck.v1.ErrorReason;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why there is no image, or not all of it. */
public final class CoatcheckException extends IOException {

  private static final long serialVersionUID = 1;

  /** What kind of failure it is. */
  public enum Kind {
    /** The fleet has answered, and {@link #reason} says what. */
    REFUSED,
    /** No gateway could be reached, or the stream broke again and again without any progress. */
    UNREACHABLE,
    /** The caller's deadline has passed. */
    TIMED_OUT,
    /** The caller has cancelled. */
    CANCELLED,
    /** Other bytes have come than were sent: a wrong offset, CRC32C, size or SHA-256. */
    CORRUPT
  }

  private final Kind kind;
  private final ErrorReason reason;
  private final boolean retryable;
  private final transient Optional<Duration> retryAfter;
  private final transient Map<String, String> metadata;

  CoatcheckException(
      Kind kind,
      ErrorReason reason,
      String message,
      boolean retryable,
      Optional<Duration> retryAfter,
      Map<String, String> metadata,
      @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.reason = reason;
    this.retryable = retryable;
    this.retryAfter = retryAfter;
    this.metadata = Map.copyOf(metadata);
  }

  /** The same, told to another thread: with its stack, and this one as the cause. */
  CoatcheckException told() {
    return new CoatcheckException(
        kind, reason, getMessage(), retryable, retryAfter(), metadata(), this);
  }

  /** What happened, for people; never has a key in it. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /** What kind of failure it is. */
  public Kind kind() {
    return kind;
  }

  /** The contract's word for it; {@code ERROR_REASON_UNSPECIFIED} where the fleet said none. */
  public ErrorReason reason() {
    return reason;
  }

  /**
   * True when the same may work later: of a create, the same create; of a pickup, {@link
   * CoatcheckClient#resume} of the same image.
   */
  public boolean isRetryable() {
    return retryable;
  }

  /** How long to wait before that, where the fleet said so. */
  public Optional<Duration> retryAfter() {
    return retryAfter == null ? Optional.empty() : retryAfter;
  }

  /** More about it, by the contract's names: {@code field}, {@code sha256}, {@code size_bytes}. */
  public Map<String, String> metadata() {
    return metadata == null ? Map.of() : metadata;
  }
}
