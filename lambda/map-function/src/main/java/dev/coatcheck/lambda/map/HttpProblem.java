package dev.coatcheck.lambda.map;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/**
 * An error as the browser sees it: RFC 9457's {@code application/problem+json} with a {@code
 * reason}, by the same names as the gateways'.
 */
final class HttpProblem extends Exception {

  static final String CONTENT_TYPE = "application/problem+json";

  private static final long serialVersionUID = 1L;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final int status;
  private final String title;
  private final String reason;

  private HttpProblem(int status, String title, String reason, String detail) {
    super(detail);
    this.status = status;
    this.title = title;
    this.reason = reason;
  }

  /** The request is none that this function takes. */
  static HttpProblem badRequest(String detail) {
    return new HttpProblem(400, "Bad Request", "INVALID_REQUEST", detail);
  }

  static HttpProblem noSuchPath(String path) {
    return new HttpProblem(404, "Not Found", "INVALID_REQUEST", path + " (expected: /)");
  }

  static HttpProblem methodNotAllowed(String method) {
    return new HttpProblem(
        405, "Method Not Allowed", "INVALID_REQUEST", method + " (expected: GET or POST)");
  }

  static HttpProblem specRefused(String detail) {
    return new HttpProblem(422, "Unprocessable Entity", "SPEC_REFUSED", detail);
  }

  static HttpProblem functionFailed(String detail) {
    return new HttpProblem(502, "Bad Gateway", "FUNCTION_FAILED", detail);
  }

  int status() {
    return status;
  }

  ObjectNode toJson() {
    return JSON.createObjectNode()
        .put("type", "about:blank")
        .put("title", title)
        .put("status", status)
        .put("detail", getMessage())
        .put("reason", reason);
  }

  byte[] json() {
    return toJson().toString().getBytes(StandardCharsets.UTF_8);
  }
}
