package dev.coatcheck.lambda.map.handler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The calls of Lambda's Runtime API that a custom runtime makes (version 2018-06-01; AWS Lambda
 * Developer Guide, "Using the Lambda runtime API"). The JDK's older HTTP client does, and starts
 * faster than the newer one; only a streamed answer, which ends in trailers, has its own: {@link
 * ResponseStream}.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class RuntimeApi {

  /**
   * One event.
   *
   * @param id the request id, by which it is answered
   */
  record Next(String id, JsonNode event) {}

  private static final String VERSION = "/2018-06-01/runtime/";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String hostAndPort;

  /** The value of {@code AWS_LAMBDA_RUNTIME_API}: {@code host:port}. */
  public RuntimeApi(String hostAndPort) {
    this.hostAndPort = hostAndPort;
  }

  /** Waits for the next event, for as long as that takes. */
  public Next next() throws IOException {
    HttpURLConnection connection = open("invocation/next");
    int status = connection.getResponseCode();
    if (status != 200) {
      throw new IOException("invocation/next: " + status + " (expected: 200)");
    }
    String id = connection.getHeaderField("Lambda-Runtime-Aws-Request-Id");
    if (id == null) {
      throw new IOException("invocation/next: no Lambda-Runtime-Aws-Request-Id");
    }
    try (InputStream body = connection.getInputStream()) {
      return new Next(id, JSON.readTree(body));
    }
  }

  /** Begins a streamed answer; nothing is sent before its first byte. */
  ResponseStream stream(String id, String contentType) {
    return new ResponseStream(hostAndPort, VERSION + "invocation/" + id + "/response", contentType);
  }

  /** Gives a whole answer. */
  void respond(String id, JsonNode answer) throws IOException {
    post("invocation/" + id + "/response", null, answer);
  }

  /** Says that the invocation failed, of which nothing has been answered yet. */
  void fail(String id, String errorType, String message) throws IOException {
    post("invocation/" + id + "/error", errorType, error(errorType, message));
  }

  /** Says that this function cannot even begin. */
  public void failInit(String errorType, String message) throws IOException {
    post("init/error", errorType, error(errorType, message));
  }

  static JsonNode error(String errorType, String message) {
    return JSON.createObjectNode().put("errorType", errorType).put("errorMessage", message);
  }

  private void post(String call, @Nullable String errorType, JsonNode body) throws IOException {
    HttpURLConnection connection = open(call);
    connection.setRequestMethod("POST");
    connection.setRequestProperty("Content-Type", "application/json");
    if (errorType != null) {
      connection.setRequestProperty("Lambda-Runtime-Function-Error-Type", errorType);
    }
    byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(bytes.length);
    connection.getOutputStream().write(bytes);
    // An error status (the invocation timed out, for example) needs no handling: poll the next
    // event.
    int status = connection.getResponseCode();
    try (InputStream answer =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      if (answer != null) {
        answer.readAllBytes();
      }
    }
  }

  private HttpURLConnection open(String call) throws IOException {
    return (HttpURLConnection)
        URI.create("http://" + hostAndPort + VERSION + call).toURL().openConnection();
  }
}
