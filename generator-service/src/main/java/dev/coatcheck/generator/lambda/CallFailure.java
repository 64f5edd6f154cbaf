package dev.coatcheck.generator.lambda;

import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.v1.ErrorReason;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.lambda.model.TooManyRequestsException;

/**
 * The answer of Lambda that it did not run a function, or of whatever stands before it, by
 * whichever SDK it came. It is told by its status and code, since each SDK has classes for other
 * codes.
 *
 * @param status of HTTP
 * @param code a name such as {@code ResourceNotFoundException}, and nothing of the account; empty
 *     where there is none
 * @see <a
 *     href="https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors">the
 *     errors of Invoke</a>
 */
record CallFailure(int status, String code) {

  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERROR = 500;
  private static final Pattern CODE = Pattern.compile("[A-Za-z0-9.]{1,64}");

  private static final Set<String> THROTTLED =
      Set.of(
          "TooManyRequestsException",
          "ThrottlingException",
          "Throttling",
          "ThrottledException",
          "RequestLimitExceeded",
          "EC2ThrottledException");

  /** The function is being made, changed, or got out of its sleep. */
  private static final Set<String> NOT_READY =
      Set.of(
          "ResourceConflictException",
          "ResourceNotReadyException",
          "SnapStartNotReadyException",
          "ENINotReadyException",
          "CodeArtifactUserPendingException");

  CallFailure {
    code = CODE.matcher(code).matches() ? code : "";
  }

  /** What an SDK has thrown; empty if nobody has answered. */
  static Optional<CallFailure> of(Throwable thrown) {
    return switch (thrown) {
      case TooManyRequestsException _ -> Optional.of(new CallFailure(TOO_MANY_REQUESTS, ""));
      case com.amazonaws.services.lambda.model.TooManyRequestsException _ ->
          Optional.of(new CallFailure(TOO_MANY_REQUESTS, ""));
      case AwsServiceException e ->
          Optional.of(
              new CallFailure(
                  e.statusCode(),
                  e.awsErrorDetails() == null ? "" : orNone(e.awsErrorDetails().errorCode())));
      case SdkServiceException e -> Optional.of(new CallFailure(e.statusCode(), ""));
      case com.amazonaws.AmazonServiceException e ->
          Optional.of(new CallFailure(e.getStatusCode(), orNone(e.getErrorCode())));
      default -> Optional.empty();
    };
  }

  private static String orNone(@Nullable String code) {
    return code == null ? "" : code;
  }

  private boolean isThrottled() {
    return status == TOO_MANY_REQUESTS || THROTTLED.contains(code);
  }

  private boolean isNotReady() {
    return NOT_READY.contains(code);
  }

  /** Whether another call may fare better. */
  boolean mayPass() {
    return isThrottled() || isNotReady() || status >= SERVER_ERROR;
  }

  /** What the caller is told. */
  Refusal refusal() {
    if (isThrottled()) {
      return throttled("Lambda runs as many of these functions as it may.");
    }
    if (isNotReady()) {
      return throttled("Lambda is not ready to run this function yet: " + code + ".");
    }
    return Refusal.of(
        ErrorReason.FUNCTION_FAILED,
        "Lambda refused the call: " + (code.isEmpty() ? "HTTP status " + status : code) + ".");
  }

  private static Refusal throttled(String message) {
    return Refusal.passing(ErrorReason.FUNCTION_THROTTLED, message, RETRY);
  }
}
