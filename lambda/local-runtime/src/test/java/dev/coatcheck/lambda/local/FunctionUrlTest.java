package dev.coatcheck.lambda.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coatcheck.lambda.local.bytes.BytesFunction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The function {@code bytes} behind its URL, as a browser has it. */
@Timeout(60)
class FunctionUrlTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PAGE = "http://localhost:8080";

  private LocalLambda lambda;
  private HttpClient http;

  @BeforeEach
  void start() {
    start(LocalLambdaConfig.defaults().withConcurrency(1, 1).withUrlOrigins(PAGE));
  }

  private void start(LocalLambdaConfig config) {
    lambda = new LocalLambda(config).start();
    http = HttpClient.newHttpClient();
  }

  @AfterEach
  void stop() {
    http.shutdownNow(); // a test that failed may not have read to the end
    lambda.close();
  }

  @Test
  void bytesComeAsTheyAreInChunks() throws Exception {
    HttpResponse<byte[]> answer =
        http.send(post("\"sizeBytes\": 3000001, \"seed\": 7").build(), BodyHandlers.ofByteArray());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("image/png");
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(answer.headers().firstValue("Content-Length")).isEmpty();
    assertThat(answer.body()).isEqualTo(BytesFunction.content(3_000_001, 7));
    String id = answer.headers().firstValue("x-amzn-requestid").orElseThrow();
    assertThat(invocation().get("id").textValue()).isEqualTo(id);
    assertThat(invocation().get("function").textValue()).isEqualTo("bytes");
  }

  @ParameterizedTest
  @CsvSource({"3000001, 123", "49152, 2", "1, 1", "0, 0"})
  void eventsHaveTheWholeImageAndItsDigest(int size, int chunks) throws Exception {
    String spec = "\"sizeBytes\": " + size + ", \"seed\": 7";
    HttpResponse<String> answer =
        send(post(spec).header("Accept", "text/html, text/event-stream;q=0.9"));

    assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/event-stream");
    List<Sse> events = Sse.parse(answer.body());
    byte[] image = BytesFunction.content(size, 7);
    assertThat(Sse.image(events)).isEqualTo(image);
    assertThat(events).hasSize(chunks + 2);
    assertThat(events.getFirst())
        .isEqualTo(new Sse("image", "", "{\"contentType\":\"image/png\"}"));
    JsonNode done = JSON.readTree(events.getLast().data());
    assertThat(events.getLast().event()).isEqualTo("done");
    assertThat(done.get("sizeBytes").intValue()).isEqualTo(size);
    assertThat(done.get("sha256").textValue()).isEqualTo(UploadServer.sha256(image));
  }

  @Test
  void specMayBeInTheQuery() throws Exception {
    String spec = "{\"sizeBytes\": 1000, \"seed\": 3}";
    for (String query : List.of(URLEncoder.encode(spec, StandardCharsets.UTF_8), percent(spec))) {
      HttpResponse<byte[]> answer =
          http.send(
              HttpRequest.newBuilder(url("?spec=" + query)).build(), BodyHandlers.ofByteArray());
      assertThat(answer.body()).isEqualTo(BytesFunction.content(1000, 3));
    }
  }

  @Test
  void bodyOfAnotherTypeIsReadToo() throws Exception {
    HttpRequest form =
        HttpRequest.newBuilder(url(""))
            .header("Content-Type", "application/x-www-form-urlencoded") // as curl -d says
            .POST(BodyPublishers.ofString("{\"spec\": {\"sizeBytes\": 10}}"))
            .build();
    assertThat(http.send(form, BodyHandlers.ofByteArray()).body()).hasSize(10);
  }

  @Test
  void refusedSpecIsToldAsTheGatewaysTellIt() throws Exception {
    HttpResponse<String> answer = send(post("\"sizeBytes\": -1"));

    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    JsonNode problem = JSON.readTree(answer.body());
    assertThat(problem.get("reason").textValue()).isEqualTo("SPEC_REFUSED");
    assertThat(problem.get("status").intValue()).isEqualTo(422);
    assertThat(problem.get("detail").textValue()).startsWith("sizeBytes: -1 (expected: ");
    assertThat(invocation().get("outcome").textValue()).isEqualTo("SUCCEEDED");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST |             | no JSON            | 400 | the body: no JSON",
        "POST |             | {}                 | 400 | spec: missing",
        "POST |             | {\"spec\": \"big\"} | 400 | spec: \"big\"",
        "GET  |             |                    | 400 | spec: missing",
        "GET  | ?spec=%7B   |                    | 400 | spec: no JSON",
        "GET  | favicon.ico |                    | 404 | /favicon.ico",
        "PUT  |             | {}                 | 405 | PUT",
      })
  void wrongRequestIsAProblem(String method, String path, String body, int status, String detail)
      throws Exception {
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(url(path == null ? "" : path))
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body == null ? "" : body)));

    assertThat(answer.statusCode()).isEqualTo(status);
    JsonNode problem = JSON.readTree(answer.body());
    assertThat(problem.get("reason").textValue()).isEqualTo("INVALID_REQUEST");
    assertThat(problem.get("detail").textValue()).startsWith(detail);
    assertThat(answer.headers().firstValue("Allow").isPresent()).isEqualTo(status == 405);
  }

  /** An {@code EventSource} that comes back by itself must not be given a second image. */
  @Test
  void whoComesBackForTheRestIsRefused() throws Exception {
    HttpResponse<String> answer =
        send(
            post("\"sizeBytes\": 100000")
                .header("Accept", "text/event-stream")
                .header("Last-Event-ID", "24576"));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("Last-Event-ID");
  }

  @Test
  void functionThatFailsBeforeItsAnswerIsABadGateway() throws Exception {
    HttpResponse<String> answer = send(post("\"sizeBytes\": 10, \"fault\": {\"failAtByte\": 20}"));

    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).isEqualTo("Internal Server Error");
    assertThat(invocation().get("outcome").textValue()).isEqualTo("FAILED Fault.Injected");
  }

  @ParameterizedTest
  @ValueSource(strings = {"failAtByte", "cutAtByte"})
  void answerThatBreaksOffNeverEnds(String fault) throws Exception {
    String spec = "\"sizeBytes\": 300000, \"fault\": {\"" + fault + "\": 100000}";

    String bytes = allThatComes(spec, "*/*");
    String events = allThatComes(spec, "text/event-stream");

    assertThat(bytes).startsWith("HTTP/1.1 200 ").doesNotEndWith("\r\n0\r\n\r\n");
    assertThat(bytes).hasSizeBetween(99_000, 110_000);
    assertThat(events).startsWith("HTTP/1.1 200 ").doesNotEndWith("\r\n0\r\n\r\n");
    assertThat(events).contains("event: chunk").doesNotContain("event: done");
  }

  /**
   * The whole answer, until the connection ends, however it does. Java's own client forgets what it
   * has read when a connection breaks.
   */
  private String allThatComes(String spec, String accept) throws IOException {
    String body = "{\"spec\": {" + spec + "}}";
    URI url = url("");
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      socket
          .getOutputStream()
          .write(
              """
              POST %s HTTP/1.1\r
              Host: %s\r
              Connection: close\r
              Accept: %s\r
              Content-Type: application/json\r
              Content-Length: %d\r
              \r
              %s\
              """
                  .formatted(url.getPath(), url.getAuthority(), accept, body.length(), body)
                  .getBytes(StandardCharsets.ISO_8859_1));
      var answer = new ByteArrayOutputStream();
      try {
        socket.getInputStream().transferTo(answer);
      } catch (SocketException e) {
        // a reset is an end, too
      }
      return answer.toString(StandardCharsets.ISO_8859_1);
    }
  }

  /** As on AWS: it is paid for to its end. */
  @Test
  void functionRunsOnWhenTheBrowserHasGone() throws Exception {
    String spec = "\"sizeBytes\": 8000000, \"bytesPerSecond\": 16000000";
    HttpResponse<InputStream> answer = http.send(post(spec).build(), BodyHandlers.ofInputStream());
    assertThat(answer.body().readNBytes(8)).hasSize(8);
    answer.body().close();

    await().until(() -> !invocation().get("outcome").textValue().equals("RUNNING"));
    assertThat(invocation().get("outcome").textValue()).isEqualTo("SUCCEEDED");
    assertThat(invocation().get("bytes").longValue()).isGreaterThan(8_000_000);
  }

  @Test
  void requestsAndInvocationsShareTheirPlaces() throws Exception {
    try (AwsClient client = new AwsClient(lambda.url())) {
      var running =
          client.stream(
              "bytes", "{\"spec\": {\"sizeBytes\": 200000000, \"bytesPerSecond\": 100000}}");
      await().until(() -> invocations().path(0).path("startedAt").asLong() > 0);
      var second = http.sendAsync(post("\"sizeBytes\": 10").build(), BodyHandlers.ofByteArray());
      await().until(() -> invocations().size() == 2);
      assertThat(invocations().get(1).get("startedAt").longValue()).isZero();

      running.cancel(true);
      assertThat(second.join().body()).hasSize(10);
    }
  }

  @Test
  void throttledRequestIsTooMany() throws Exception {
    HttpResponse<String> answer = send(post("\"sizeBytes\": 1, \"fault\": {\"throttle\": true}"));

    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.body()).contains("Rate Exceeded");
  }

  @Test
  void readerThatTakesNothingIsTimedOut() throws Exception {
    stop();
    start(LocalLambdaConfig.defaults().withFunctionTimeout(Duration.ofMillis(500)));
    HttpResponse<InputStream> answer =
        http.send(post("\"sizeBytes\": 200000000").build(), BodyHandlers.ofInputStream());

    await().until(() -> !invocation().get("outcome").textValue().equals("RUNNING"));
    assertThat(invocation().get("outcome").textValue()).isNotEqualTo("SUCCEEDED");
    assertThat(invocation().get("bytes").longValue()).isLessThan(200_000_000);
    assertThatThrownBy(() -> answer.body().readAllBytes()).isInstanceOf(IOException.class);
  }

  @Test
  void answerIsNoLongerThanAwsAllows() throws Exception {
    HttpResponse<InputStream> answer =
        http.send(post("\"sizeBytes\": 210000000").build(), BodyHandlers.ofInputStream());

    assertThatThrownBy(() -> answer.body().transferTo(OutputStream.nullOutputStream()))
        .isInstanceOf(IOException.class);
    assertThat(invocation().get("outcome").textValue())
        .isEqualTo("FAILED Function.ResponseSizeTooLarge");
  }

  @Test
  void pageThatIsAllowedMayAskAndIsAnswered() throws Exception {
    HttpResponse<String> preflight =
        send(
            HttpRequest.newBuilder(url(""))
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Origin", PAGE)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "content-type"));

    assertThat(preflight.statusCode()).isEqualTo(200);
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin")).hasValue(PAGE);
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Methods"))
        .hasValue("GET, POST");
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers"))
        .hasValue("content-type");
    assertThat(invocations()).isEmpty();

    HttpResponse<String> answer = send(post("\"sizeBytes\": 1").header("Origin", PAGE));
    assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).hasValue(PAGE);
  }

  @Test
  void pageThatIsNotAllowedIsToldNothing() throws Exception {
    HttpResponse<String> answer =
        send(post("\"sizeBytes\": 1").header("Origin", "http://localhost:8081"));

    assertThat(answer.headers().map()).doesNotContainKey("access-control-allow-origin");
  }

  @Test
  void anyPageMayBeAllowedAndNoneIsAtFirst() throws Exception {
    stop();
    start(LocalLambdaConfig.defaults().withUrlOrigins("*"));
    assertThat(
            send(post("\"sizeBytes\": 1").header("Origin", PAGE))
                .headers()
                .firstValue("Access-Control-Allow-Origin"))
        .hasValue("*");

    stop();
    start(LocalLambdaConfig.defaults());
    HttpResponse<String> preflight =
        send(
            HttpRequest.newBuilder(url(""))
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Origin", PAGE)
                .header("Access-Control-Request-Method", "POST"));
    assertThat(preflight.statusCode()).isEqualTo(405); // the function's own answer
    assertThat(preflight.headers().map()).doesNotContainKey("access-control-allow-origin");
  }

  @Test
  void functionThatIsNotThereHasNoUrl() throws Exception {
    URI nowhere = lambda.functionUrl("nope");
    assertThat(send(HttpRequest.newBuilder(nowhere)).statusCode()).isEqualTo(404);
  }

  private URI url(String more) {
    return URI.create(lambda.functionUrl("bytes") + more);
  }

  private HttpRequest.Builder post(String spec) {
    return HttpRequest.newBuilder(url(""))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString("{\"spec\": {" + spec + "}}"));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private JsonNode invocation() throws Exception {
    return invocations().get(0);
  }

  private JsonNode invocations() throws Exception {
    URI log = lambda.url().resolve("/_local/invocations");
    return JSON.readTree(send(HttpRequest.newBuilder(log)).body());
  }

  private static String percent(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
