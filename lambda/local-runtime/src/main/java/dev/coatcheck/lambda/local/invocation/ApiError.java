package dev.coatcheck.lambda.local.invocation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A call that AWS itself refuses, before any function runs (API reference, Invoke, Errors). */
public final class ApiError extends Exception {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;
  private final String message;

  private ApiError(int status, String type, String message) {
    super(type + ": " + message);
    this.status = status;
    this.type = type;
    this.message = message;
  }

  static ApiError unknownFunction(FunctionName name) {
    return new ApiError(404, "ResourceNotFoundException", "Function not found: " + name.arn());
  }

  static ApiError throttled() {
    return new ApiError(429, "TooManyRequestsException", "Rate Exceeded.");
  }

  public static ApiError payloadTooLarge(int maxBytes) {
    return new ApiError(
        413,
        "RequestTooLargeException",
        "Request must be smaller than " + maxBytes + " bytes for the InvokeFunction operation");
  }

  static ApiError notJson(String why) {
    return new ApiError(
        400, "InvalidRequestContentException", "Could not parse request body into json: " + why);
  }

  static ApiError invalidContent(String message) {
    return new ApiError(400, "InvalidRequestContentException", message);
  }

  public static ApiError invalid(String message) {
    return new ApiError(400, "InvalidParameterValueException", message);
  }

  public int status() {
    return status;
  }

  /** The value of {@code x-amzn-errortype}. */
  public String type() {
    return type;
  }

  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("Type", "User");
    if (status == 429) {
      json.put("Reason", "ReservedFunctionConcurrentInvocationLimitExceeded");
    }
    // The older services' spelling too: the first SDK reads "message", the second takes both.
    return json.put("message", message).put("Message", message);
  }
}
