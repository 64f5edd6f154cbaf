package dev.coatcheck.lambda.local.invocation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The end of an invocation whose function failed, as AWS reports it: a type such as {@code
 * InvalidSpec} or {@code Runtime.ExitError}, and a JSON document for details.
 */
public final class FunctionFailed extends Exception {

  private static final long serialVersionUID = 1L;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final @Nullable String errorType;
  private final String details;

  /** With the details that the function gave; {@code errorType} is null if it named none. */
  public FunctionFailed(@Nullable String errorType, String details) {
    super((errorType == null ? "no type" : errorType) + ": " + details);
    this.errorType = errorType;
    this.details = details;
  }

  /** With the details that AWS's runtimes give: the type and a message. */
  public static FunctionFailed of(@Nullable String errorType, String message) {
    ObjectNode details = JsonNodeFactory.instance.objectNode();
    if (errorType != null) {
      details.put("errorType", errorType);
    }
    details.put("errorMessage", message);
    return new FunctionFailed(errorType, details.toString());
  }

  /** An invocation that ran into the function's timeout. */
  public static FunctionFailed timedOut(String requestId, Duration timeout) {
    return of(
        "Sandbox.Timedout",
        "RequestId: %s Error: Task timed out after %d.%02d seconds"
            .formatted(requestId, timeout.toSeconds(), timeout.toMillisPart() / 10));
  }

  /** A response from which a function's URL can make no HTTP response. */
  public static FunctionFailed invalidResponse(String detail) {
    return of("Runtime.InvalidResponse", "The answer is no HTTP response: " + detail);
  }

  /** An answer above AWS's limit of its kind. */
  public static FunctionFailed tooLarge(long maxBytes) {
    return of(
        "Function.ResponseSizeTooLarge",
        "Response payload size exceeded maximum allowed payload size (" + maxBytes + " bytes).");
  }

  public @Nullable String errorType() {
    return errorType;
  }

  /** A JSON document, usually {@code {"errorType", "errorMessage"}}. */
  public String details() {
    return details;
  }

  /** The message in the details, or all of them. */
  public String detailsMessage() {
    try {
      return JSON.readTree(details).path("errorMessage").asText(details);
    } catch (JsonProcessingException e) {
      return details;
    }
  }
}
