package dev.coatcheck.generator.lambda;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.ingest.ImageSource;
import dev.coatcheck.v1.ErrorReason;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.lambda.model.LambdaException;
import software.amazon.awssdk.services.lambda.model.TooManyRequestsException;

/** What a function, or Lambda, says went wrong, in the contract's words: the only such table. */
final class FunctionErrors {

  private static final Duration THROTTLED_RETRY = Duration.ofSeconds(2);
  private static final ObjectMapper JSON = new ObjectMapper();

  private FunctionErrors() {}

  /**
   * The function's own error.
   *
   * @param code Lambda's word, such as {@code Unhandled}
   * @param details the function's error as JSON, {@code {"errorType", "errorMessage"}}; may be
   *     empty or anything else
   */
  static Refusal ofFunction(String code, String details) {
    String type = code;
    String message = details;
    try {
      JsonNode error = JSON.readTree(details);
      type = error.path("errorType").asText(code);
      message = error.path("errorMessage").asText(details);
    } catch (JsonProcessingException e) {
      // It is told as it came.
    }
    if (type.equals("InvalidSpec")) {
      return Refusal.of(ErrorReason.SPEC_REFUSED, message);
    }
    if (type.toLowerCase(Locale.ROOT).contains("timedout")) {
      return Refusal.of(ErrorReason.FUNCTION_TIMEOUT, message);
    }
    return Refusal.of(ErrorReason.FUNCTION_FAILED, type + ": " + message);
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
    boolean mayPass =
        switch (cause) {
          case TooManyRequestsException _ -> true;
          case com.amazonaws.services.lambda.model.TooManyRequestsException _ -> true;
          case SdkServiceException e -> e.statusCode() >= 500;
          case com.amazonaws.AmazonServiceException e -> e.getStatusCode() >= 500;
          default -> refusal.reason() != ErrorReason.FUNCTION_TIMEOUT;
        };
    if (mayPass) {
      sink.broken(refusal);
    } else {
      sink.fail(refusal);
    }
  }

  private static Refusal ofCall(Throwable cause) {
    return switch (cause) {
      case TooManyRequestsException e -> throttled(told(e));
      case ApiCallTimeoutException e ->
          Refusal.of(ErrorReason.FUNCTION_TIMEOUT, "The function did not answer in time.");
      case ApiCallAttemptTimeoutException e ->
          Refusal.of(ErrorReason.FUNCTION_TIMEOUT, "The function did not answer in time.");
      case LambdaException e ->
          Refusal.of(ErrorReason.FUNCTION_FAILED, "Lambda refused the call: " + told(e));
      case com.amazonaws.services.lambda.model.TooManyRequestsException e ->
          throttled(e.getErrorMessage());
      case com.amazonaws.services.lambda.model.AWSLambdaException e ->
          Refusal.of(
              ErrorReason.FUNCTION_FAILED, "Lambda refused the call: " + e.getErrorMessage());
      case com.amazonaws.SdkClientException e when e.getCause() instanceof SocketTimeoutException ->
          Refusal.of(ErrorReason.FUNCTION_TIMEOUT, "The function did not answer in time.");
      default ->
          Refusal.of(ErrorReason.FUNCTION_FAILED, "The call of the function broke: " + cause);
    };
  }

  /** So many functions run already that this one's turn did not come. */
  static Refusal noTurn() {
    return Refusal.passing(
        ErrorReason.FUNCTION_THROTTLED,
        "This generator runs as many functions as it may; none ended within "
            + Turns.PATIENCE.toSeconds()
            + " s.",
        THROTTLED_RETRY);
  }

  /** The function answered something that is not the transfer's form. */
  static Refusal ofAnswer(IOException e) {
    return Refusal.of(
        ErrorReason.FUNCTION_FAILED,
        "The function's answer is not {\"body\": \"<base64>\", \"isBase64Encoded\": true}: "
            + e.getMessage());
  }

  private static Refusal throttled(String told) {
    return Refusal.passing(
        ErrorReason.FUNCTION_THROTTLED,
        "Lambda runs as many of these functions as it may: " + told,
        THROTTLED_RETRY);
  }

  private static String told(LambdaException e) {
    return e.awsErrorDetails() == null
        ? String.valueOf(e.getMessage())
        : e.awsErrorDetails().errorMessage();
  }
}
