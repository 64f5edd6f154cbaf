package dev.coatcheck.lambda.kit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/**
 * An error as the browser sees it: RFC 9457's {@code application/problem+json} with a {@code
 * reason}, by the same names as the gateways'.
 */
public final class HttpProblem extends Exception {

  public static final String CONTENT_TYPE = "application/problem+json";

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

  /** The request is malformed. */
  public static HttpProblem badRequest(String detail) {
    return new HttpProblem(400, "Bad Request", "INVALID_REQUEST", detail);
  }

  public static HttpProblem noSuchPath(String path) {
    return new HttpProblem(404, "Not Found", "INVALID_REQUEST", path + " (expected: /)");
  }

  public static HttpProblem methodNotAllowed(String method) {
    return new HttpProblem(
        405, "Method Not Allowed", "INVALID_REQUEST", method + " (expected: GET or POST)");
  }

  public static HttpProblem specRefused(String detail) {
    return new HttpProblem(422, "Unprocessable Entity", "SPEC_REFUSED", detail);
  }

  public static HttpProblem functionFailed(String detail) {
    return new HttpProblem(502, "Bad Gateway", "FUNCTION_FAILED", detail);
  }

  public int status() {
    return status;
  }

  public ObjectNode toJson() {
    return JSON.createObjectNode()
        .put("type", "about:blank")
        .put("title", title)
        .put("status", status)
        .put("detail", getMessage())
        .put("reason", reason);
  }

  public byte[] json() {
    return toJson().toString().getBytes(StandardCharsets.UTF_8);
  }
}
