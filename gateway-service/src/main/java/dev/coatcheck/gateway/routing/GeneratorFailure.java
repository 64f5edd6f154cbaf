package dev.coatcheck.gateway.routing;

import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.v1.ErrorReason;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Why a call for an image failed, as the generator said it or as its absence tells. Carries no gRPC
 * type, so that the HTTP side can answer it by its own table; {@link FailureStatus} turns it into a
 * gRPC status and back.
 *
 * <p>The message is clipped here, whatever of it came from a caller or a generator.
 *
 * <p>It has no stack trace: it is an answer, not a bug.
 */
public final class GeneratorFailure extends Exception {

  /** What to wait before trying again, where a reason asks for it and nobody said how long. */
  private static final Duration DEFAULT_RETRY_AFTER = Duration.ofSeconds(1);

  private final ErrorReason reason;
  private final Optional<Duration> retryAfter;
  private final Map<String, String> metadata;
  private final boolean answered;

  GeneratorFailure(
      ErrorReason reason,
      String message,
      Optional<Duration> retryAfter,
      Map<String, String> metadata,
      boolean answered) {
    super(UntrustedText.message(message), null, false, false);
    this.reason = reason;
    this.retryAfter = retryAfter.or(() -> defaultRetryAfter(reason));
    this.metadata = Map.copyOf(metadata);
    this.answered = answered;
  }

  /** The key does not open, so no generator can have the image. */
  public static GeneratorFailure notFound() {
    return new GeneratorFailure(
        ErrorReason.IMAGE_NOT_FOUND, "there is no such image", Optional.empty(), Map.of(), false);
  }

  /** The upload token does not open, or is over. */
  static GeneratorFailure uploadNotFound() {
    return new GeneratorFailure(
        ErrorReason.UPLOAD_NOT_FOUND, "there is no such upload", Optional.empty(), Map.of(), false);
  }

  /** The request is wrong in {@code field}. */
  public static GeneratorFailure invalid(String field, String message) {
    return new GeneratorFailure(
        ErrorReason.INVALID_REQUEST, message, Optional.empty(), Map.of("field", field), false);
  }

  /** No generator could be asked, or the one that was asked has gone away. */
  public static GeneratorFailure unavailable(String message) {
    return new GeneratorFailure(
        ErrorReason.GENERATOR_UNAVAILABLE, message, Optional.empty(), Map.of(), false);
  }

  /** What is known of an image before anybody has refused anything: that it failed, or is gone. */
  public static GeneratorFailure of(ErrorReason reason, String message) {
    return new GeneratorFailure(reason, message, Optional.empty(), Map.of(), false);
  }

  /** What the failure is; {@code ERROR_REASON_UNSPECIFIED} for a fault of Coatcheck itself. */
  public ErrorReason reason() {
    return reason;
  }

  /** What happened, for people. */
  public String message() {
    return String.valueOf(getMessage());
  }

  /** How long to wait before trying again; there whenever trying again makes sense. */
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }

  /** More about it, by the keys of {@code google.rpc.ErrorInfo}: {@code field}, {@code sha256}. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** True when a generator gave this answer, false when there was none. */
  public boolean answered() {
    return answered;
  }

  /**
   * True when the generator refused before anything was done, so that another one can be asked
   * without the function being called twice.
   */
  public boolean refusedBeforeAnythingWasDone() {
    return answered
        && (reason == ErrorReason.MEMORY_BUDGET_EXHAUSTED
            || reason == ErrorReason.GENERATOR_UNAVAILABLE);
  }

  private static Optional<Duration> defaultRetryAfter(ErrorReason reason) {
    return switch (reason) {
      case IMAGE_CLAIMED, MEMORY_BUDGET_EXHAUSTED, GENERATOR_UNAVAILABLE, FUNCTION_THROTTLED ->
          Optional.of(DEFAULT_RETRY_AFTER);
      case ERROR_REASON_UNSPECIFIED,
          IMAGE_NOT_FOUND,
          IMAGE_DELIVERED,
          IMAGE_EXPIRED,
          IMAGE_DELETED,
          IMAGE_LOST,
          FUNCTION_FAILED,
          FUNCTION_TIMEOUT,
          NOT_AN_IMAGE,
          SPEC_REFUSED,
          UPLOAD_NOT_FOUND,
          ATTEMPT_SUPERSEDED,
          ETAG_MISMATCH,
          ETAG_MATCH,
          RANGE_PAST_END,
          IMAGE_MOVED,
          TRANSFER_ABORTED,
          INVALID_REQUEST,
          UNRECOGNIZED ->
          Optional.empty();
    };
  }
}
