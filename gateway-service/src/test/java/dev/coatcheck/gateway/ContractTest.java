package dev.coatcheck.gateway;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.coatcheck.v1.ByteRange;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.WatchGeneratorResponse;
import dev.coatcheck.v1.WatchImageResponse;
import io.grpc.Status.Code;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * {@code /openapi.json} is true: all that the gateway answers is in it, and all that is in it is
 * answered.
 */
final class ContractTest extends GatewayTest {

  /** For people: no part of the contract. */
  private static final Set<String> PAGES =
      Set.of("/docs", "/docs/{file}", "/", "/page/{file}", "/page.json");

  private static final String CREATE = "POST /v1/images";
  private static final String GENERATE = "POST /v1/images:generate";
  private static final String GET = "GET /v1/images/{key}";
  private static final String HEAD = "HEAD /v1/images/{key}";
  private static final String DELETE = "DELETE /v1/images/{key}";
  private static final String DOWNLOAD = "GET /v1/images/{key}/content";
  private static final String HEAD_CONTENT = "HEAD /v1/images/{key}/content";
  private static final String WATCH = "GET /v1/images/{key}/events";
  private static final String SOCKET = "GET /v1/images/{key}/socket";
  private static final String PART = "PATCH /v1/uploads/{token}";
  private static final String COMPLETE = "POST /v1/uploads/{token}:complete";

  private static final String[] AS_JSON = {"Content-Type", "application/json"};
  private static final String SPEC = "{\"spec\": {\"zoom\": 6}}";
  private static final String DIGEST =
      "{\"sizeBytes\": 3, \"sha256\": \"" + "0123456789abcdef".repeat(4) + "\"}";
  private static final String[] PART_HEADERS = {
    "Upload-Offset", "0", "Upload-Writer", "run", "Upload-Crc32c", "00000001"
  };

  private static final Set<ErrorReason> INSIDE =
      Set.of(
          ErrorReason.ERROR_REASON_UNSPECIFIED,
          ErrorReason.UNRECOGNIZED,
          ErrorReason.ETAG_MATCH, // 304
          ErrorReason.IMAGE_MOVED,
          ErrorReason.TRANSFER_ABORTED);

  private OpenApiDocument document;
  private String token;

  /** So that a heartbeat comes soon. */
  @Override
  Duration stallTimeout() {
    return Duration.ofSeconds(3);
  }

  @BeforeEach
  void readDocument() throws Exception {
    document = new OpenApiDocument(Answer.of(get(uri("/openapi.json"))).text());
    token = generator.uploadToken(Instant.now().plusSeconds(60));
  }

  @Test
  void everyRouteIsInTheDocument() {
    assertThat(
            gateway.httpOperations().stream()
                .filter(operation -> !PAGES.contains(operation.split(" ", 2)[1])))
        .containsExactlyInAnyOrderElementsOf(document.operations());
  }

  /** But those that the parts of a fleet keep to themselves. */
  @Test
  void everyReasonIsInTheDocument() {
    List<String> reasons =
        Stream.concat(
                Arrays.stream(ErrorReason.values())
                    .filter(reason -> !INSIDE.contains(reason))
                    .map(ErrorReason::name),
                Stream.of("INTERNAL"))
            .sorted()
            .toList();
    List<String> documented = new ArrayList<>();
    document
        .root()
        .at("/components/schemas/Reason/enum")
        .forEach(reason -> documented.add(reason.asText()));
    assertThat(documented).isEqualTo(reasons);
  }

  /** Those of the code, whatever requests there are to get them. */
  @Test
  void everyStatusIsInTheDocument() throws Exception {
    Set<String> inCode = new TreeSet<>();
    try (Stream<Path> files = Files.list(Path.of("src/main/java/dev/coatcheck/gateway/http"))) {
      for (Path file : files.toList()) {
        Pattern.compile("HttpStatus\\.[A-Z_]+_([1-5][0-9]{2})")
            .matcher(Files.readString(file))
            .results()
            .forEach(match -> inCode.add(match.group(1)));
      }
    }
    Set<String> documented =
        document.operations().stream()
            .flatMap(operation -> document.responses(document.operation(operation)).stream())
            .map(Map.Entry::getKey)
            .collect(toCollection(TreeSet::new));
    documented.addAll(
        Set.of("102", "308", "405", "408", "421", "431", "500", "501")); // the server's own
    assertThat(inCode).contains("202", "416").isSubsetOf(documented);
  }

  @Test
  void everyExampleIsAsItsSchemaSays() throws Exception {
    document.checkExamples();
  }

  @Test
  void everyWordOfTheDocumentIsTrue() throws Exception {
    creates();
    generates();
    metadata();
    content();
    news();
    socket();
    uploads();
    operating();
    for (String operation : document.operations()) {
      refusals(operation);
    }
    assertThat(document.seen()).isEqualTo(document.words());
  }

  @Test
  void whatReachesNoOperationIsAProblem() throws Exception {
    for (String request :
        List.of(
            "GET /nowhere HTTP/1.1\r\nHost: a\r\n",
            "GET /docs/nothing.js HTTP/1.1\r\nHost: a\r\n",
            "PUT /v1/images HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n",
            "GET /healthz HTTP/1.1\r\n", // no host
            "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n",
            "GET /healthz HTTP/1.1\r\nHost: a\r\nno colon\r\n",
            "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n",
            "GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: what\r\n",
            "GET /%zz HTTP/1.1\r\nHost: a\r\n",
            "GET /healthz HTTP/3.7\r\nHost: a\r\n",
            "G@T /healthz HTTP/1.1\r\nHost: a\r\n",
            "GET /" + "x".repeat(10_000) + " HTTP/1.1\r\nHost: a\r\n",
            "GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(10_000) + "\r\n")) {
      try (var client = new RawConnection(gateway.httpPort())) {
        Answer answer = Answer.read(client.send(request + "\r\n"));
        assertThat(answer.status()).as(request).isIn(400, 404, 405, 414, 431, 501, 505);
        document.checkServers(answer);
      }
    }
  }

  private void creates() throws Exception {
    document.checkRequest(CREATE, SPEC);
    check(CREATE, ask("POST", "/v1/images", SPEC, "Idempotency-Key", "a"), "Idempotency-Key");
    check(CREATE, ask("POST", "/v1/images", SPEC, "Prefer", "wait=2"), "Prefer"); // 201
    ScriptedImage slow = ScriptedImage.ofSize(10);
    slow.complete = false;
    generator.next = slow;
    check(CREATE, ask("POST", "/v1/images", SPEC, "Prefer", "wait=2")); // 202
    wrongBodies(CREATE, "/v1/images");
  }

  private void generates() throws Exception {
    generator.next = ScriptedImage.ofSize(10);
    document.checkRequest(GENERATE, SPEC);
    check(
        GENERATE,
        ask("POST", "/v1/images:generate", SPEC, "Idempotency-Key", "b"),
        "Idempotency-Key");
    ScriptedImage broken = ScriptedImage.ofSize(100_000);
    broken.gateBytes = 0;
    broken.failAtBytes = 0;
    generator.next = broken;
    check(
        GENERATE,
        watch("POST", "/v1/images:generate", SPEC, failingAfterAHeartbeat(broken)),
        "Accept");
    generator.next = null;
    check(GENERATE, ask("POST", "/v1/images:generate", SPEC, "Accept", "text/event-stream"));
    wrongBodies(GENERATE, "/v1/images:generate");
    check(
        GENERATE,
        raw(
            "POST /v1/images:generate HTTP/1.0\r\nContent-Type: application/json\r\n"
                + "Content-Length: 2\r\n\r\n{}"));
  }

  private void wrongBodies(String operation, String path) throws Exception {
    check(operation, ask("POST", path, "{"));
    check(operation, ask("POST", path, "{\"colour\": 1}"));
    check(operation, ask("POST", path, " ".repeat(70_000) + "{}"));
    check(
        operation, send("POST", path, BodyPublishers.ofString("x"), "Content-Type", "text/plain"));
  }

  private void metadata() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(10));
    for (ScriptedImage held : List.of(image, failed(), unfinished())) {
      check(GET, ask("GET", "/v1/" + held.name, ""));
    }
    check(GET, ask("GET", "/v1/" + image.name, "", "Prefer", "wait=2"), "Prefer");
    check(HEAD, ask("HEAD", "/v1/" + image.name, "", "Prefer", "wait=2"), "Prefer");
    check(DELETE, ask("DELETE", "/v1/" + image.name, ""));
    for (String operation : List.of(GET, HEAD, DELETE)) {
      check(operation, ask(method(operation), "/v1/images/a%2fb", ""));
    }
  }

  private ScriptedImage failed() {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(10));
    image.complete = false;
    image.state = dev.coatcheck.v1.Image.State.FAILED;
    return image;
  }

  private ScriptedImage unfinished() {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(10));
    image.complete = false;
    image.contentType = "";
    return image;
  }

  private void content() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    String path = "/v1/" + image.name + "/content";
    check(DOWNLOAD, ask("GET", path, "", "Cookie", "coatcheck=proof"), "coatcheck");
    check(DOWNLOAD, ask("GET", path, "", "If-Match", "\"proof\""), "If-Match");
    check(HEAD_CONTENT, ask("HEAD", path, ""));
    image.range = ByteRange.newBuilder().setStart(0).setEnd(1000).build();
    check(
        DOWNLOAD,
        ask("GET", path, "", "Range", "bytes=0-999", "If-Range", "\"proof\""),
        "Range",
        "If-Range");
    image.range = null;

    ScriptedImage broken = generator.hold(ScriptedImage.ofSize(100_000));
    broken.gateBytes = 0;
    broken.failAtBytes = 0;
    check(
        DOWNLOAD,
        watch("GET", "/v1/" + broken.name + "/content", "", failingAfterAHeartbeat(broken)),
        "Accept");
    ScriptedImage whole = generator.hold(ScriptedImage.ofSize(100_000));
    check(
        DOWNLOAD,
        ask(
            "GET",
            "/v1/" + whole.name + "/content",
            "",
            "Accept",
            "text/event-stream",
            "Last-Event-ID",
            "0/proof"),
        "Last-Event-ID");
    check(
        DOWNLOAD,
        ask("GET", path, "", "Accept", "text/event-stream", "Last-Event-ID", "end")); // 204

    check(DOWNLOAD, ask("GET", path, "", "Range", "bytes=x"));
    check(DOWNLOAD, ask("GET", path, "", "If-Match", "x"));
    check(DOWNLOAD, ask("GET", path, "", "Sec-Purpose", "prefetch"));
    check(DOWNLOAD, ask("GET", path, "", "If-None-Match", "*"), "If-None-Match");
    check(DOWNLOAD, ask("GET", path, "", "If-None-Match", "x"));
    check(HEAD_CONTENT, ask("HEAD", path, "", "If-None-Match", "x"));
    generator.downloadRefusal =
        Refusals.of(Code.FAILED_PRECONDITION, ErrorReason.ETAG_MATCH, Map.of("claim", "mine"));
    check(DOWNLOAD, ask("GET", path, "", "If-None-Match", "\"mine\""));
    check(HEAD_CONTENT, ask("HEAD", path, "", "If-None-Match", "\"mine\""), "If-None-Match");
    check(HEAD_CONTENT, ask("HEAD", path, "", "If-Match", "\"mine\""), "If-Match");
    generator.downloadRefusal = null;
    check(DOWNLOAD, raw("GET /v1/" + unfinished().name + "/content HTTP/1.0\r\n\r\n"));
    check(HEAD_CONTENT, ask("HEAD", "/v1/images/a%2fb/content", ""));
    generator.refusal =
        Refusals.of(Code.OUT_OF_RANGE, ErrorReason.RANGE_PAST_END, Map.of("size_bytes", "1000"));
    check(DOWNLOAD, ask("GET", path, "", "Range", "bytes=1000-"));
    generator.refusal = null;
  }

  /** 1. No byte comes, but a heartbeat, and with it the headers. 2. The function fails. */
  private static List<Step> failingAfterAHeartbeat(ScriptedImage image) {
    return List.of(
        new Step(
            "event: heartbeat",
            () -> {
              image.failure = Refusals.of(Code.INTERNAL, ErrorReason.FUNCTION_FAILED, Map.of());
              image.go();
            }));
  }

  /** What is done once the events have come so far. */
  private record Step(String seen, Runnable then) {}

  /** All events, while {@code steps} are taken. */
  private Answer watch(String method, String path, String json, List<Step> steps) throws Exception {
    var request = request(uri(path), "Accept", "text/event-stream");
    if (json.isEmpty()) {
      request.method(method, BodyPublishers.noBody());
    } else {
      request.method(method, BodyPublishers.ofString(json)).headers(AS_JSON);
    }
    var response = http.send(request.build(), BodyHandlers.ofInputStream());
    var body = new ByteArrayOutputStream();
    try (InputStream in = response.body()) {
      for (Step step : steps) {
        while (!body.toString(StandardCharsets.UTF_8).contains(step.seen)) {
          int next = in.read();
          assertThat(next).as("the end, before " + step.seen).isNotNegative();
          body.write(next);
        }
        step.then.run();
      }
      in.transferTo(body);
    }
    return Answer.of(response, body.toByteArray());
  }

  private void news() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(10));
    List<Step> steps =
        List.of(
            new Step(
                "event: state",
                () -> {
                  await().atMost(PATIENCE).until(() -> generator.imageWatchers() == 1);
                  generator.tell(WatchImageResponse.newBuilder().setImage(image.toProto()).build());
                }),
            new Step(
                "event: progress", () -> generator.tell(WatchImageResponse.getDefaultInstance())),
            new Step("event: heartbeat", generator::endWatches));
    check(WATCH, watch("GET", "/v1/" + image.name + "/events", "", steps));
    check(WATCH, ask("GET", "/v1/images/a%2fb/events", ""));
    Answer none = ask("GET", "/v1/" + image.name + "/events", "", "Last-Event-ID", "end");
    check(WATCH, none, "Last-Event-ID");
  }

  private void socket() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(10));
    String path = "/v1/" + image.name + "/socket";
    String handshake =
        String.join(
            "\r\n",
            "Host: a",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            "");
    check(
        SOCKET,
        raw(
            "GET "
                + path
                + "?offset=0&claim=proof HTTP/1.1\r\nOrigin: http://a\r\n"
                + handshake
                + "\r\n"),
        "offset",
        "claim",
        "Origin");
    check(
        SOCKET, raw("GET " + path + " HTTP/1.1\r\nOrigin: https://other\r\n" + handshake + "\r\n"));
    check(SOCKET, raw("GET " + path + "?offset=x HTTP/1.1\r\n" + handshake + "\r\n"));
    check(SOCKET, ask("GET", "/v1/images/a%2fb/socket", ""));
    String keyless = handshake.replaceFirst("Sec-WebSocket-Key.*\r\n", "");
    check(SOCKET, raw("GET " + path + " HTTP/1.1\r\n" + keyless + "\r\n"));
    check(SOCKET, ask("GET", path, ""));
    image.chunkBytes = 5;
    image.gateBytes = 5;
    for (String name : List.of(image.name, "images/x")) {
      for (String message : messages(name, () -> image.openTo(Integer.MAX_VALUE))) {
        document.checkMessage(SOCKET, message);
      }
    }
  }

  /** The text messages of a socket; the rest of the image comes once there was some progress. */
  private List<String> messages(String name, Runnable onProgress) throws Exception {
    List<String> messages = new CopyOnWriteArrayList<>();
    CompletableFuture<Integer> closed = new CompletableFuture<>();
    WebSocket socket =
        http.newWebSocketBuilder()
            .buildAsync(
                URI.create("ws://127.0.0.1:" + gateway.httpPort() + "/v1/" + name + "/socket"),
                new WebSocket.Listener() {
                  private final StringBuilder message = new StringBuilder();

                  @Override
                  public @Nullable CompletionStage<?> onText(
                      WebSocket from, CharSequence data, boolean last) {
                    message.append(data); // a part of it, at times
                    if (last) {
                      messages.add(message.toString());
                      message.setLength(0);
                      if (messages.getLast().contains("\"event\":\"progress\"")) {
                        onProgress.run();
                      }
                    }
                    from.request(1);
                    return null;
                  }

                  @Override
                  public @Nullable CompletionStage<?> onClose(
                      WebSocket from, int code, String reason) {
                    closed.complete(code);
                    return null;
                  }
                })
            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    var _ = closed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    socket.abort();
    return messages;
  }

  private void uploads() throws Exception {
    String path = "/v1/uploads/" + token;
    var part = BodyPublishers.ofString("abc");
    check(
        PART,
        send("PATCH", path, part, PART_HEADERS),
        "Upload-Offset",
        "Upload-Writer",
        "Upload-Crc32c",
        "Content-Length");
    check(PART, send("PATCH", "/v1/uploads/a%2fb", part, PART_HEADERS));
    check(PART, send("PATCH", path, part, "Upload-Writer", "run"));
    var chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[3]));
    check(PART, send("PATCH", path, chunked, PART_HEADERS));
    check(
        PART,
        raw(
            "PATCH "
                + path
                + " HTTP/1.1\r\nHost: a\r\nUpload-Offset: 0\r\nUpload-Writer: a\r\n"
                + "Content-Length: 99999999\r\n\r\n"));
    document.checkRequest(COMPLETE, DIGEST);
    check(
        COMPLETE, ask("POST", path + ":complete", DIGEST, "Upload-Writer", "run"), "Upload-Writer");
    wrongBodies(COMPLETE, path + ":complete");
  }

  private void operating() throws Exception {
    for (String method : List.of("GET", "HEAD")) {
      check(method + " /healthz", ask(method, "/healthz", ""));
      check(method + " /readyz", ask(method, "/readyz", ""));
      Answer contract = ask(method, "/openapi.json", "");
      check(method + " /openapi.json", contract);
      String known = String.valueOf(contract.headers().get("etag"));
      Answer unchanged = ask(method, "/openapi.json", "", "If-None-Match", "W/" + known);
      assertThat(unchanged.status()).isEqualTo(304);
      check(method + " /openapi.json", unchanged, "If-None-Match");
    }
    generator.become(WatchGeneratorResponse.State.DRAINING, 0);
    await().atMost(PATIENCE).until(() -> gateway.fleet().active() == 0);
    for (String method : List.of("GET", "HEAD")) {
      check(method + " /readyz", ask(method, "/readyz", ""));
    }
    generator.become(WatchGeneratorResponse.State.ACTIVE, 1 << 30);
    await().atMost(PATIENCE).until(() -> gateway.fleet().active() == 1);
  }

  /** Each of an operation's reasons, said by the generator, has the status of the document. */
  private void refusals(String operation) throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    JsonNode described = document.operation(operation);
    for (var response : document.responses(described)) {
      for (String reason : document.reasons(response.getValue())) {
        if (reason.equals("INVALID_REQUEST")) {
          continue; // of the gateway, most of all
        }
        var refusal =
            reason.equals("INTERNAL")
                ? io.grpc.Status.UNKNOWN.asRuntimeException()
                : Refusals.of(Code.ABORTED, ErrorReason.valueOf(reason), Map.of());
        generator.refusal = refusal;
        generator.ingest.refusal = refusal;
        boolean isPart = operation.equals(PART);
        String path =
            operation.split(" ", 2)[1].replace("{key}", image.key()).replace("{token}", token);
        String body =
            switch (method(operation)) {
              case "POST" -> operation.equals(COMPLETE) ? DIGEST : SPEC;
              case "PATCH" -> "abc";
              default -> "";
            };
        Answer answer =
            isPart
                ? send("PATCH", path, BodyPublishers.ofString(body), PART_HEADERS)
                : ask(method(operation), path, body);
        assertThat(answer.status())
            .as(operation + " " + reason)
            .isEqualTo(Integer.parseInt(response.getKey()));
        check(operation, answer);
      }
    }
    generator.refusal = null;
    generator.ingest.refusal = null;
  }

  private void check(String operation, Answer answer, String... parameters) throws Exception {
    document.check(operation, answer, parameters);
  }

  private static String method(String operation) {
    return operation.split(" ", 2)[0];
  }

  /** Sends {@code json}, or nothing. */
  private Answer ask(String method, String path, String json, String... headers) throws Exception {
    return sendLater(method, path, json, headers).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private CompletableFuture<Answer> sendLater(
      String method, String path, String json, String... headers) {
    var request = request(uri(path), headers);
    if (json.isEmpty()) {
      request.method(method, BodyPublishers.noBody());
    } else {
      request.method(method, BodyPublishers.ofString(json)).headers(AS_JSON);
    }
    return http.sendAsync(request.build(), BodyHandlers.ofByteArray()).thenApply(Answer::of);
  }

  private Answer send(String method, String path, BodyPublisher body, String... headers)
      throws Exception {
    return Answer.of(send(request(uri(path), headers).method(method, body)));
  }

  private Answer raw(String text) throws Exception {
    try (var client = new RawConnection(gateway.httpPort())) {
      return Answer.read(client.send(text));
    }
  }
}
