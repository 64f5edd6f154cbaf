package dev.coatcheck.generator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/**
 * AWS Lambda with a function that answers with one image, over both of its operations, and a record
 * of who called it. What stands before it as a proxy is given absolute URLs, and answers as well.
 */
final class FakeLambda implements AutoCloseable {

  private static final Pattern CREDENTIAL =
      Pattern.compile("AWS4-HMAC-SHA256 Credential=([^/]+)/[0-9]+/([^/]+)/([^/]+)/aws4_request,.*");

  /**
   * A call that has come.
   *
   * @param target of the request line: a path, or a URL where it came as to a proxy
   * @param signer its access key's id, and the region that it signed for
   * @param sessionToken of credentials that pass; empty for others
   */
  record Call(String target, String signer, String region, String sessionToken) {

    boolean streams() {
      return target.contains("response-streaming-invocations");
    }
  }

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final byte[] image;

  private FakeLambda(HttpServer server, byte[] image) {
    this.server = server;
    this.image = image;
  }

  static FakeLambda start(byte[] image) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    FakeLambda lambda = new FakeLambda(server, image);
    server.setExecutor(lambda.threads);
    server.createContext("/", lambda::answer);
    server.start();
    return lambda;
  }

  private void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    Call call = call(exchange);
    calls.add(call);
    byte[] body = call.streams() ? eventStream() : buffered();
    exchange
        .getResponseHeaders()
        .set(
            "Content-Type",
            call.streams() ? "application/vnd.amazon.eventstream" : "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static Call call(HttpExchange exchange) {
    Matcher credential =
        CREDENTIAL.matcher(
            Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse(""));
    boolean signed = credential.matches();
    return new Call(
        exchange.getRequestURI().toString(),
        signed ? credential.group(1) : "",
        signed ? credential.group(2) : "",
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-Amz-Security-Token"))
            .orElse(""));
  }

  private byte[] buffered() {
    return ("{\"isBase64Encoded\": true, \"body\": \""
            + Base64.getEncoder().encodeToString(image)
            + "\"}")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private byte[] eventStream() {
    ByteArrayOutputStream events = new ByteArrayOutputStream();
    events.writeBytes(event("PayloadChunk", "application/octet-stream", image));
    events.writeBytes(
        event("InvokeComplete", "application/json", "{}".getBytes(StandardCharsets.US_ASCII)));
    return events.toByteArray();
  }

  private static byte[] event(String type, String contentType, byte[] payload) {
    Map<String, HeaderValue> headers =
        Map.of(
            ":event-type", HeaderValue.fromString(type),
            ":content-type", HeaderValue.fromString(contentType),
            ":message-type", HeaderValue.fromString("event"));
    return new Message(headers, payload).toByteBuffer().array();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** What has come so far. */
  List<Call> calls() {
    return calls;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
