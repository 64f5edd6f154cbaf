package dev.coatcheck.lambda.local.api;

import dev.coatcheck.lambda.local.invocation.ApiError;
import org.jspecify.annotations.Nullable;

/**
 * How a function is invoked.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html">Invoke,
 *     X-Amz-Invocation-Type</a>
 */
enum InvokeType {

  /** The call waits for the answer. */
  REQUEST_RESPONSE("RequestResponse"),

  /** The call is answered at once, and the function's answer goes to nobody. */
  EVENT("Event"),

  /** Nothing runs: only whether it would. */
  DRY_RUN("DryRun");

  private final String value;

  InvokeType(String value) {
    this.value = value;
  }

  /**
   * That of the header.
   *
   * @param streams true for {@code InvokeWithResponseStream}, which has no events
   */
  static InvokeType parse(@Nullable String header, boolean streams) throws ApiError {
    if (header == null) {
      return REQUEST_RESPONSE;
    }
    for (InvokeType type : values()) {
      if (type.value.equals(header) && !(streams && type == EVENT)) {
        return type;
      }
    }
    throw ApiError.invalid(
        "InvocationType: "
            + header
            + (streams
                ? " (expected: RequestResponse or DryRun)"
                : " (expected: RequestResponse, Event or DryRun)"));
  }
}
