package dev.coatcheck.generator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/** AWS Lambda with functions that fail: each in the same way, over both of its operations. */
final class FailingLambda implements AutoCloseable {

  /** What is written at once takes as much direct memory, for each thread. */
  private static final int PIECE_BYTES = 64 << 10;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  private final AtomicInteger calls = new AtomicInteger();
  private AtomicLong sentBytes = new AtomicLong();

  private FailingLambda(HttpServer server) {
    this.server = server;
  }

  /**
   * Functions that fail by themselves.
   *
   * @param error the JSON of the error, in ASCII
   */
  static FailingLambda ofFunctions(String error) throws IOException {
    byte[] details = error.getBytes(StandardCharsets.US_ASCII);
    byte[] complete = invokeComplete(error);
    return start(exchange -> {
      boolean streams = exchange.getRequestURI().getPath().contains("response-streaming");
      if (!streams) {
        exchange.getResponseHeaders().set("X-Amz-Function-Error", "Unhandled");
      }
      answer(
          exchange,
          200,
          streams ? "application/vnd.amazon.eventstream" : "application/json",
          streams ? complete : details);
    });
  }

  /** Calls that Lambda itself refuses. */
  static FailingLambda ofCalls(int status, String type, String message) throws IOException {
    byte[] body =
        "{\"Message\": \"%s\", \"message\": \"%s\"}"
            .formatted(message, message)
            .getBytes(StandardCharsets.US_ASCII);
    return start(exchange -> {
      exchange.getResponseHeaders().set("x-amzn-errortype", type);
      answer(exchange, status, "application/json", body);
    });
  }

  /** Calls that whatever stands before Lambda answers in its own way. */
  static FailingLambda ofGateways(int status, String contentType, String body) throws IOException {
    return start(exchange ->
        answer(exchange, status, contentType, body.getBytes(StandardCharsets.US_ASCII)));
  }

  /** Buffered functions that answer well, but with anything. */
  static FailingLambda ofAnswers(String answer) throws IOException {
    return ofGateways(200, "application/json", answer);
  }

  /** Buffered functions whose answer never ends before {@code bytes}, unless it is cut. */
  static FailingLambda ofLongAnswers(long bytes) throws IOException {
    byte[] piece = "A".repeat(PIECE_BYTES).getBytes(StandardCharsets.US_ASCII);
    AtomicLong sentBytes = new AtomicLong();
    FailingLambda lambda =
        start(exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, bytes);
          exchange.getResponseBody().write("{\"body\": \"".getBytes(StandardCharsets.US_ASCII));
          while (true) { // until the client has gone
            exchange.getResponseBody().write(piece);
            sentBytes.addAndGet(piece.length);
          }
        });
    lambda.sentBytes = sentBytes;
    return lambda;
  }

  private interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  private static FailingLambda start(Handler handler) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    FailingLambda lambda = new FailingLambda(server);
    server.setExecutor(lambda.threads);
    server.createContext(
        "/",
        exchange -> {
          lambda.calls.incrementAndGet();
          exchange.getRequestBody().readAllBytes();
          handler.handle(exchange);
        });
    server.start();
    return lambda;
  }

  private static void answer(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length);
    for (int sent = 0; sent < body.length; sent += PIECE_BYTES) {
      exchange.getResponseBody().write(body, sent, Math.min(PIECE_BYTES, body.length - sent));
    }
    exchange.close();
  }

  private static byte[] invokeComplete(String details) {
    Map<String, HeaderValue> headers = new LinkedHashMap<>();
    headers.put(":event-type", HeaderValue.fromString("InvokeComplete"));
    headers.put(":content-type", HeaderValue.fromString("application/json"));
    headers.put(":message-type", HeaderValue.fromString("event"));
    String payload =
        "{\"ErrorCode\": \"Unhandled\", \"ErrorDetails\": \"%s\"}"
            .formatted(details.replace("\\", "\\\\").replace("\"", "\\\""));
    return new Message(headers, payload.getBytes(StandardCharsets.US_ASCII)).toByteBuffer().array();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  int calls() {
    return calls.get();
  }

  /** Of long answers. */
  long sentBytes() {
    return sentBytes.get();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
