package dev.coatcheck.generator.lambda;

import com.fasterxml.jackson.core.JacksonException;
import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.ingest.ImageSource;
import dev.coatcheck.v1.ErrorReason;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;

/**
 * What a function, or Lambda, gives as its error, in the contract's terms. A caller gets the
 * function's own message. What AWS or its SDK have to say of a call, with accounts, roles, ARNs and
 * addresses in it, goes to the log.
 */
final class FunctionErrors {

  private static final Logger log = LoggerFactory.getLogger(FunctionErrors.class);
  private static final Duration THROTTLED_RETRY = Duration.ofSeconds(2);

  /**
   * By its name alone, or as runtimes write it: Java's with its package or the class around it,
   * Ruby's as {@code Function<InvalidSpec>}.
   */
  private static final Pattern INVALID_SPEC = Pattern.compile("(.*[.$<:])?InvalidSpec>?");

  /** What Lambda itself says, with the function's code or with none. */
  private static final Pattern TIMED_OUT =
      Pattern.compile("\\bTask timed out after [0-9.]+ seconds\\s*$");

  private FunctionErrors() {}

  /** The function's own error. */
  static Refusal ofFunction(FunctionError error) {
    if (INVALID_SPEC.matcher(error.type()).matches()) {
      return Refusal.of(ErrorReason.SPEC_REFUSED, error.message());
    }
    if (error.type().toLowerCase(Locale.ROOT).contains("timedout")
        || TIMED_OUT.matcher(error.message()).find()) {
      return Refusal.of(ErrorReason.FUNCTION_TIMEOUT, error.message());
    }
    return Refusal.of(ErrorReason.FUNCTION_FAILED, error.type() + ": " + error.message());
  }

  /**
   * Tells {@code sink} of a call that Lambda did not take, or that broke on the way: as broken
   * where another call may fare better.
   */
  static void tellOfCall(ImageSource.Sink sink, Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    Refusal refusal = ofCall(cause);
    if (sink.isWanted()) { // else we have cancelled it ourselves
      log.warn("a call of a function failed: {}", UntrustedText.describe(cause));
    }
    boolean mayPass =
        !isTooLong(cause) // it would be as long another time
            && refusal.reason() != ErrorReason.FUNCTION_TIMEOUT
            && CallFailure.of(cause).map(CallFailure::mayPass).orElse(true);
    if (mayPass) {
      sink.broken(refusal);
    } else {
      sink.fail(refusal);
    }
  }

  private static Refusal ofCall(Throwable cause) {
    return switch (cause) {
      case Throwable e when isTooLong(e) ->
          Refusal.of(
              ErrorReason.FUNCTION_FAILED,
              "The function's answer is larger than the 6 MB that Lambda lets one be.");
      case ApiCallTimeoutException _ -> timedOut();
      case ApiCallAttemptTimeoutException _ -> timedOut();
      case com.amazonaws.SdkClientException e when e.getCause() instanceof SocketTimeoutException ->
          timedOut();
      default ->
          CallFailure.of(cause)
              .map(CallFailure::refusal)
              .orElseGet(
                  () -> Refusal.of(ErrorReason.FUNCTION_FAILED, "The call of the function broke."));
    };
  }

  /** As it was thrown, or as the SDK that read the answer wraps it. */
  private static boolean isTooLong(Throwable cause) {
    return cause instanceof AnswerLimit.Exceeded
        || cause.getCause() instanceof AnswerLimit.Exceeded;
  }

  private static Refusal timedOut() {
    return Refusal.of(ErrorReason.FUNCTION_TIMEOUT, "The function did not answer in time.");
  }

  /** So many functions run already that this one's turn did not come. */
  static Refusal noTurn() {
    return Refusal.passing(
        ErrorReason.FUNCTION_THROTTLED,
        "This generator runs as many functions as it may; none ended within "
            + ConcurrencyLimiter.ACQUIRE_TIMEOUT.toSeconds()
            + " s.",
        THROTTLED_RETRY);
  }

  /** The function answered something that is not the transfer's form. */
  static Refusal ofAnswer(IOException e) {
    return Refusal.of(
        ErrorReason.FUNCTION_FAILED,
        "The function's answer is not {\"body\": \"<base64>\", \"isBase64Encoded\": true}: "
            + (e instanceof JacksonException json ? json.getOriginalMessage() : e.getMessage()));
  }
}
