package dev.coatcheck.lambda.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coatcheck.lambda.local.bytes.BytesFunction;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;

/**
 * The function {@code bytes} when it pushes, from the SDK's Invoke to a server that takes parts.
 */
class BytesPushTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PART_BYTES = 10_000;

  private LocalLambda lambda;
  private AwsClient client;
  private UploadServer server;

  @BeforeEach
  void start() throws IOException {
    start(LocalLambdaConfig.defaults());
    server = new UploadServer(PART_BYTES, 0);
  }

  private void start(LocalLambdaConfig config) {
    lambda = new LocalLambda(config).start();
    client = new AwsClient(lambda.url());
  }

  @AfterEach
  void stop() {
    client.close();
    lambda.close();
    server.close();
  }

  @Test
  void imageArrivesWholeAndTheAnswerSumsItUp() throws Exception {
    server.close();
    server = new UploadServer(PART_BYTES, 4);
    byte[] image = BytesFunction.content(123_456, 7);

    InvokeResponse answer = push("\"sizeBytes\": 123456, \"seed\": 7");

    assertThat(answer.functionError()).isNull();
    assertThat(server.image()).isEqualTo(image);
    assertThat(server.offsets()).hasSize(13);
    assertThat(server.checked()).isEqualTo(13);
    assertThat(answer.payload().asUtf8String())
        .isEqualTo("{\"sizeBytes\":123456,\"sha256\":\"" + UploadServer.sha256(image) + "\"}");
    await().until(() -> invocations().get(0).get("outcome").textValue().equals("SUCCEEDED"));
    assertThat(invocations().get(0).get("bytes").longValue()).isEqualTo(123_456);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ", \"upload\": {\"url\": \"http://127.0.0.1/u\", \"partBytes\": 0}",
        ", \"upload\": {\"url\": \"gopher://127.0.0.1/u\", \"partBytes\": 1}",
      })
  void eventWithoutAddressIsInvalid(String upload) throws Exception {
    InvokeResponse answer =
        client
            .invoke(
                "bytes", "{\"spec\": {\"sizeBytes\": 9}, \"transfer\": \"CALLBACK\"" + upload + "}")
            .join();

    assertThat(errorType(answer)).isEqualTo("InvalidEvent");
  }

  @ParameterizedTest
  @CsvSource({"404, UPLOAD_NOT_FOUND", "409, ATTEMPT_SUPERSEDED", "422, INVALID_REQUEST"})
  void refusalEndsTheRun(int status, String reason) throws Exception {
    server.answerNext(status, reason, "for a test");

    InvokeResponse answer = push("\"sizeBytes\": 5000000");

    assertThat(errorType(answer)).isEqualTo("UploadRefused");
    assertThat(answer.payload().asUtf8String()).contains(status + " " + reason + ", for a test");
    assertThat(server.offsets()).hasSizeLessThan(100);
  }

  @Test
  void whatMayGoWellAnotherTimeIsTriedAgain() throws Exception {
    server.answerNext(503, "GENERATOR_UNAVAILABLE", "for a test");
    server.answerNext(0, "", "a broken connection");

    assertThat(push("\"sizeBytes\": 1000").functionError()).isNull();
    assertThat(server.image()).isEqualTo(BytesFunction.content(1000, 0));
  }

  @Test
  void serverThatIsNotThereIsUploadFailed() throws Exception {
    server.close();

    assertThat(errorType(push("\"sizeBytes\": 1000"))).isEqualTo("UploadFailed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"Ink.Empty\"", "null"})
  void failureComesAfterTheWholePartsBeforeIt(String errorType) throws Exception {
    InvokeResponse answer =
        push(
            "\"sizeBytes\": 90000, \"fault\": {\"failAtByte\": 45000, \"errorType\": "
                + errorType
                + "}");

    assertThat(answer.functionError()).isEqualTo("Unhandled");
    assertThat(JSON.readTree(answer.payload().asByteArray()).path("errorType").asText("null"))
        .isEqualTo(errorType.replace("\"", ""));
    assertThat(server.offsets()).containsExactlyInAnyOrder(0L, 10_000L, 20_000L, 30_000L);
    assertThat(server.isComplete()).isFalse();
  }

  @Test
  void faultsOfTheProcessAreThePushsToo() throws Exception {
    send("PUT", "/_local/faults", "{\"failAtByte\": 25000}");

    assertThat(errorType(push("\"sizeBytes\": 90000"))).isEqualTo("Fault.Injected");
    assertThat(server.offsets()).containsExactlyInAnyOrder(0L, 10_000L);
  }

  @Test
  void cutPushHasNoAnswerAtAll() {
    String event = event("\"sizeBytes\": 90000, \"fault\": {\"cutAtByte\": 30000}");

    assertThatThrownBy(() -> send("POST", "/2015-03-31/functions/bytes/invocations", event))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("received no bytes");
    assertThat(server.offsets()).containsExactlyInAnyOrder(0L, 10_000L, 20_000L);
  }

  @Test
  void hangingPushIsTimedOut() throws Exception {
    client.close();
    lambda.close();
    start(LocalLambdaConfig.defaults().withFunctionTimeout(Duration.ofMillis(700)));

    InvokeResponse answer = push("\"sizeBytes\": 90000, \"fault\": {\"hangAtByte\": 20000}");

    assertThat(errorType(answer)).isEqualTo("Sandbox.Timedout");
    assertThat(server.offsets()).containsExactlyInAnyOrder(0L, 10_000L);
  }

  @Test
  void paceIsThatOfTheWholePush() throws Exception {
    long start = System.nanoTime();
    push("\"sizeBytes\": 300000, \"fault\": {\"bytesPerSecond\": 600000}");

    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofMillis(500), Duration.ofSeconds(5));
  }

  @Test
  void capOfAnswersDoesNotSlowAPush() throws Exception {
    long start = System.nanoTime();
    push(
        "\"sizeBytes\": 300000, \"fault\":"
            + " {\"awsCap\": true, \"capAfterBytes\": 0, \"capBytesPerSecond\": 10000}");

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    assertThat(server.image()).hasSize(300_000);
  }

  @Test
  void throttledCallRunsNothing() {
    assertThatThrownBy(() -> push("\"sizeBytes\": 1, \"fault\": {\"throttle\": true}"))
        .hasMessageContaining("Rate Exceeded");
    assertThat(server.runs()).isEmpty();
  }

  @Test
  void bothRunsPushAndOneIsRefused() throws Exception {
    push("\"sizeBytes\": 90000, \"fault\": {\"runTwice\": true, \"bytesPerSecond\": 300000}");

    await()
        .untilAsserted(() ->
            assertThat(invocations().findValuesAsText("outcome"))
                .hasSize(2)
                .contains("SUCCEEDED")
                .anyMatch(outcome -> outcome.startsWith("FAILED UploadRefused")));
    assertThat(server.runs()).hasSize(2);
    assertThat(server.image()).isEqualTo(BytesFunction.content(90_000, 0));
  }

  @Test
  void wrongChecksumIsRefused() throws Exception {
    InvokeResponse answer = push("\"sizeBytes\": 9, \"fault\": {\"wrongCrc\": true}");

    assertThat(errorType(answer)).isEqualTo("UploadRefused");
    assertThat(answer.payload().asUtf8String()).contains("the part at 0: 422 INVALID_REQUEST");
    assertThat(server.offsets()).isEmpty();
  }

  @Test
  void wrongSizeIsRefusedAtTheEnd() throws Exception {
    InvokeResponse answer = push("\"sizeBytes\": 9000, \"fault\": {\"declareBytes\": 8999}");

    assertThat(errorType(answer)).isEqualTo("UploadRefused");
    assertThat(answer.payload().asUtf8String()).contains("the end: 422").contains("9000");
    assertThat(server.isComplete()).isFalse();
  }

  @Test
  void whatIsNoImageIsPushedAllTheSame() throws Exception {
    push("\"sizeBytes\": 9000, \"fault\": {\"notAnImage\": true}");

    byte[] expected = BytesFunction.content(9000, 0);
    Arrays.fill(expected, 0, 8, (byte) 0);
    assertThat(server.image()).isEqualTo(expected);
  }

  private InvokeResponse push(String spec) {
    return client.invoke("bytes", event(spec)).join();
  }

  private String event(String spec) {
    return "{\"spec\": {"
        + spec
        + "}, \"transfer\": \"CALLBACK\", \"attempt\": 1, \"maxBytes\": 9000000, \"upload\": "
        + server.json()
        + "}";
  }

  private static String errorType(InvokeResponse answer) throws Exception {
    assertThat(answer.functionError()).isEqualTo("Unhandled");
    return JSON.readTree(answer.payload().asByteArray()).path("errorType").asText();
  }

  private JsonNode invocations() throws Exception {
    return JSON.readTree(send("GET", "/_local/invocations", "").body());
  }

  private HttpResponse<String> send(String method, String path, String body) throws Exception {
    URI url = lambda.url().resolve(path);
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(url).method(method, BodyPublishers.ofString(body)).build(),
          BodyHandlers.ofString());
    }
  }
}
