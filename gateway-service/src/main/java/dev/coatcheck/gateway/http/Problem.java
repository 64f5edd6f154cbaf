package dev.coatcheck.gateway.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coatcheck.contract.UntrustedText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.jetty.http.HttpStatus;

/**
 * An error as callers see it: RFC 9457's {@code application/problem+json} with a stable {@code
 * reason}.
 *
 * @param status the HTTP status
 * @param reason the name of an {@code ErrorReason}, or {@value #INTERNAL}
 * @param detail what happened, for people; clipped here, whatever of it came from a caller
 * @param retryAfter when to try again
 * @param more further members
 */
record Problem(
    int status, String reason, String detail, Optional<Duration> retryAfter, ObjectNode more) {

  static final String CONTENT_TYPE = "application/problem+json";

  /** The longest path of a field, in characters. */
  static final int MAX_FIELD = 128;

  /** The reason of a request that is wrong, whatever its status. */
  static final String INVALID_REQUEST = "INVALID_REQUEST";

  /** The reason of what is refused for want of memory. */
  static final String EXHAUSTED = "MEMORY_BUDGET_EXHAUSTED";

  /** The reason of a fault of Coatcheck itself. */
  static final String INTERNAL = "INTERNAL";

  Problem {
    detail = UntrustedText.message(detail);
  }

  static Problem of(int status, String reason, String detail) {
    return new Problem(
        status, reason, detail, Optional.empty(), JsonNodeFactory.instance.objectNode());
  }

  /** A request that is wrong. */
  static Problem invalid(int status, String detail) {
    return of(status, INVALID_REQUEST, detail);
  }

  /** A request that is wrong in {@code field}. */
  static Problem invalid(int status, String field, String detail) {
    Problem problem = invalid(status, detail);
    problem.more.put("field", UntrustedText.clip(field, MAX_FIELD));
    return problem;
  }

  /** Something of the gateway's is used up, and will not be for long. */
  static Problem exhausted(int status, String detail, Duration retryAfter) {
    return new Problem(
        status, EXHAUSTED, detail, Optional.of(retryAfter), JsonNodeFactory.instance.objectNode());
  }

  /** A request whose body takes too long. */
  static Problem slowBody() {
    return invalid(HttpStatus.REQUEST_TIMEOUT_408, "the body was not complete in time");
  }

  /** A request whose body breaks off, or stalls. */
  static Problem brokenBody() {
    return invalid(HttpStatus.BAD_REQUEST_400, "the body cannot be read to its end");
  }

  byte[] json() {
    return toJson().toString().getBytes(StandardCharsets.UTF_8);
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("type", "about:blank");
    json.put("title", HttpStatus.getMessage(status));
    json.put("status", status);
    json.put("detail", detail);
    json.put("reason", reason);
    json.setAll(more);
    return json;
  }
}
