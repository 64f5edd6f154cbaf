package dev.coatcheck.lambda.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * A function process that does what its event says, so that a test can see what becomes of it:
 * {@code {"do": "stream|failMidway|exitMidway|error|exit|hang|environment|context", …}}, or what
 * the path of its URL says: {@code /echo|plain|headless}.
 */
final class ScriptedFunction {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String API = System.getenv("AWS_LAMBDA_RUNTIME_API");

  private ScriptedFunction() {}

  public static void main(String[] args) throws Exception {
    while (true) {
      HttpURLConnection next =
          (HttpURLConnection) url("/2018-06-01/runtime/invocation/next").toURL().openConnection();
      JsonNode event;
      try (InputStream body = next.getInputStream()) {
        event = JSON.readTree(body);
      }
      String id = next.getHeaderField("Lambda-Runtime-Aws-Request-Id");
      if (event.path("do").asText().equals("context")) {
        System.out.println("seen by " + id);
        answerContext(next, id);
        continue;
      }
      answer(event, id, next.getHeaderField("Lambda-Runtime-Deadline-Ms") != null);
    }
  }

  private static void answer(JsonNode event, String id, boolean hasDeadline) throws Exception {
    if (event.has("rawPath")) {
      answerUrl(event, id);
      return;
    }
    switch (event.get("do").textValue()) {
      case "stream" -> stream(id, event.get("bytes").longValue(), "");
      case "ones" -> {
        byte[] ones = new byte[event.get("bytes").intValue()];
        Arrays.fill(ones, (byte) 1);
        try (Socket socket = begin(id)) {
          chunk(socket.getOutputStream(), ones);
          socket.getOutputStream().write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          socket.getInputStream().readAllBytes();
        }
      }
      case "failMidway" -> {
        String details = "{\"errorType\":\"Ink.Empty\",\"errorMessage\":\"no more ink\"}";
        String body =
            Base64.getEncoder().encodeToString(details.getBytes(StandardCharsets.US_ASCII));
        stream(
            id,
            event.get("bytes").longValue(),
            "Lambda-Runtime-Function-Error-Type: Ink.Empty\r\n"
                + "Lambda-Runtime-Function-Error-Body: "
                + body
                + "\r\n");
      }
      case "exitMidway" -> {
        try (Socket socket = begin(id)) {
          for (int i = 0; i < 1000; i++) {
            chunk(socket.getOutputStream(), new byte[1000]);
          }
          System.exit(7);
        }
      }
      case "error" ->
          post(id, "error", "{\"errorType\":\"InvalidSpec\",\"errorMessage\":\"zoom: 99\"}");
      case "exit" -> System.exit(3);
      case "hang" -> Thread.sleep(Long.MAX_VALUE);
      case "environment" ->
          post(
              id,
              "response",
              JSON.createObjectNode()
                  .put("pid", ProcessHandle.current().pid())
                  .put("name", System.getenv("AWS_LAMBDA_FUNCTION_NAME"))
                  .put("deadline", hasDeadline)
                  .set("environment", JSON.valueToTree(System.getenv()))
                  .toString());
      default -> throw new IllegalArgumentException(event.toString());
    }
  }

  private static void answerContext(HttpURLConnection next, String id) throws IOException {
    post(
        id,
        "response",
        JSON.createObjectNode()
            .put("traceId", next.getHeaderField("Lambda-Runtime-Trace-Id"))
            .put("clientContext", next.getHeaderField("Lambda-Runtime-Client-Context"))
            .toString());
  }

  private static void answerUrl(JsonNode event, String id) throws IOException {
    String http = "application/vnd.awslambda.http-integration-response";
    switch (event.get("rawPath").textValue()) {
      case "/echo" -> {
        String head =
            "{\"statusCode\": 201, \"headers\": {\"Content-Type\": \"application/json\","
                + " \"X-Own\": \"yes\", \"Transfer-Encoding\": \"gzip\"},"
                + " \"cookies\": [\"a=1\", \"b=2; Path=/\"]}";
        streamInPieces(id, http, head + "\0".repeat(8) + event, 3);
      }
      case "/plain" -> streamInPieces(id, "text/plain", "as it is", 100);
      case "/headless" -> streamInPieces(id, http, "no head at all\0\0\0\0\0\0\0\0body", 100);
      default -> throw new IllegalArgumentException(event.toString());
    }
  }

  private static void streamInPieces(String id, String contentType, String text, int pieceBytes)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (Socket socket = begin(id, "Content-Type: " + contentType + "\r\n")) {
      for (int at = 0; at < bytes.length; at += pieceBytes) {
        int end = Math.min(at + pieceBytes, bytes.length);
        chunk(socket.getOutputStream(), Arrays.copyOfRange(bytes, at, end));
      }
      socket.getOutputStream().write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().readAllBytes();
    }
  }

  private static void stream(String id, long bytes, String trailers) throws IOException {
    try (Socket socket = begin(id)) {
      OutputStream out = socket.getOutputStream();
      byte[] piece = new byte[50_000];
      for (long sent = 0; sent < bytes; sent += piece.length) {
        chunk(out, sent + piece.length <= bytes ? piece : new byte[(int) (bytes - sent)]);
      }
      out.write(("0\r\n" + trailers + "\r\n").getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().readAllBytes();
    }
  }

  private static Socket begin(String id) throws IOException {
    return begin(id, "");
  }

  private static Socket begin(String id, String headers) throws IOException {
    URI uri = url("/");
    Socket socket = new Socket(uri.getHost(), uri.getPort());
    String head =
        "POST /2018-06-01/runtime/invocation/"
            + id
            + "/response HTTP/1.1\r\nHost: "
            + API
            + "\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
            + headers
            + "Lambda-Runtime-Function-Response-Mode: streaming\r\n"
            + "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n"
            + "\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static void chunk(OutputStream out, byte[] bytes) throws IOException {
    out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.write(bytes);
    out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static void post(String id, String what, String body) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection)
            url("/2018-06-01/runtime/invocation/" + id + "/" + what).toURL().openConnection();
    connection.setDoOutput(true);
    connection.getOutputStream().write(body.getBytes(StandardCharsets.US_ASCII));
    connection.getResponseCode();
  }

  private static URI url(String path) {
    return URI.create("http://" + API + path);
  }
}
