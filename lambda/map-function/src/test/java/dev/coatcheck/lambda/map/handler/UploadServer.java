package dev.coatcheck.lambda.map.handler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Takes one image in parts, as strictly as the contract says, over real HTTP. It can be told to
 * answer the next parts in another way.
 */
final class UploadServer implements AutoCloseable {

  /** An answer that a test wants; a status of 0 is a connection that breaks. */
  record Answer(int status, String reason, String detail) {}

  private static final Answer TAKEN = new Answer(204, "", "");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final int partBytes;
  private final CountDownLatch together;
  private final Queue<Answer> scripted = new ConcurrentLinkedQueue<>();

  // state, guarded by this
  private final TreeMap<Long, byte[]> parts = new TreeMap<>();
  private final List<Long> offsets = new ArrayList<>();
  private @Nullable String writer;
  private int underWay;
  private int mostUnderWay;
  private boolean complete;

  /** The first parts wait for each other until that many are under way. */
  UploadServer(int partBytes, int together) throws IOException {
    this.partBytes = partBytes;
    this.together = new CountDownLatch(together);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1/uploads/t0ken");
  }

  /** The event's {@code upload}. */
  JsonNode json() {
    return JSON.createObjectNode()
        .put("url", url().toString())
        .put("token", "t0ken")
        .put("partBytes", partBytes);
  }

  /** The next call is answered so, and changes nothing. */
  void answerNext(int status, String reason, String detail) {
    scripted.add(new Answer(status, reason, detail));
  }

  /** The image, once it is complete. */
  synchronized byte[] image() {
    if (!complete) {
      throw new IllegalStateException("not complete: parts at " + offsets);
    }
    return joined();
  }

  /** Where the parts began, in the order in which they came. */
  synchronized List<Long> offsets() {
    return List.copyOf(offsets);
  }

  synchronized int mostUnderWay() {
    return mostUnderWay;
  }

  synchronized boolean isComplete() {
    return complete;
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    enter();
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      Answer answer = scripted.poll();
      if (answer == null) {
        answer = take(exchange, body);
      }
      if (answer.status() == 204) {
        exchange.sendResponseHeaders(204, -1);
      } else if (answer.status() != 0) {
        byte[] problem =
            JSON.writeValueAsBytes(
                JSON.createObjectNode()
                    .put("status", answer.status())
                    .put("reason", answer.reason())
                    .put("detail", answer.detail()));
        exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
        exchange.sendResponseHeaders(answer.status(), problem.length);
        exchange.getResponseBody().write(problem);
      }
    } finally {
      leave();
    }
  }

  private Answer take(HttpExchange exchange, byte[] body) throws IOException {
    String call = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    String by = String.valueOf(exchange.getRequestHeaders().getFirst("Upload-Writer"));
    if (!by.matches("[A-Za-z0-9_-]{1,64}")) {
      return invalid("Upload-Writer: " + by);
    }
    synchronized (this) {
      writer = writer == null ? by : writer;
      if (!by.equals(writer)) {
        return new Answer(409, "ATTEMPT_SUPERSEDED", "another run has begun to write");
      }
    }
    return switch (call) {
      case "PATCH /v1/uploads/t0ken" -> takePart(exchange, body);
      case "POST /v1/uploads/t0ken:complete" -> takeEnd(JSON.readTree(body));
      default -> new Answer(404, "UPLOAD_NOT_FOUND", call);
    };
  }

  private Answer takePart(HttpExchange exchange, byte[] body) {
    long offset = Long.parseLong(exchange.getRequestHeaders().getFirst("Upload-Offset"));
    CRC32C crc = new CRC32C();
    crc.update(body);
    String expected = HexFormat.of().toHexDigits((int) crc.getValue());
    if (!expected.equals(exchange.getRequestHeaders().getFirst("Upload-Crc32c"))) {
      return invalid("Upload-Crc32c (expected: " + expected + ")");
    }
    if (offset % partBytes != 0 || body.length == 0 || body.length > partBytes) {
      return invalid("a part of " + body.length + " bytes at " + offset);
    }
    together.countDown();
    try {
      if (!together.await(10, TimeUnit.SECONDS)) {
        return invalid("the parts did not come together");
      }
    } catch (InterruptedException e) {
      return invalid("interrupted");
    }
    synchronized (this) {
      parts.put(offset, body);
      offsets.add(offset);
    }
    return TAKEN;
  }

  private synchronized Answer takeEnd(JsonNode end) {
    byte[] image = joined();
    if (end.path("sizeBytes").longValue() != image.length) {
      return invalid("sizeBytes (expected: " + image.length + ")");
    }
    if (!end.path("sha256").asText().equals(sha256(image))) {
      return invalid("sha256 (expected: " + sha256(image) + ")");
    }
    complete = true;
    return TAKEN;
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] joined() {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    parts.values().forEach(whole::writeBytes);
    return whole.toByteArray();
  }

  private synchronized void enter() {
    underWay++;
    mostUnderWay = Math.max(mostUnderWay, underWay);
  }

  private synchronized void leave() {
    underWay--;
  }

  private static Answer invalid(String detail) {
    return new Answer(422, "INVALID_REQUEST", detail);
  }
}
