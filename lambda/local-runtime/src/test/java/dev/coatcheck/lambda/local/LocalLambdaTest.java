package dev.coatcheck.lambda.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coatcheck.lambda.local.bytes.BytesFunction;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;
import software.amazon.awssdk.services.lambda.model.TooManyRequestsException;

/** The local Lambda with its function {@code bytes}, called by the AWS SDK over real sockets. */
class LocalLambdaTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private LocalLambda lambda;
  private AwsClient client;

  @BeforeEach
  void start() {
    lambda = new LocalLambda(LocalLambdaConfig.defaults().withConcurrency(2, 3)).start();
    client = new AwsClient(lambda.url());
  }

  @AfterEach
  void stop() {
    client.close();
    lambda.close();
  }

  @Test
  void streamsEveryByteAndSaysThatItIsComplete() {
    AwsClient.Streamed answer =
        client.stream("bytes", event("\"sizeBytes\": 3000001, \"seed\": 7")).join();

    assertThat(answer.bytes()).isEqualTo(BytesFunction.content(3_000_001, 7));
    assertThat(answer.complete().errorCode()).isNull();
  }

  @Test
  void answersBufferedInvokeWithBase64() throws Exception {
    InvokeResponse answer =
        client
            .invoke(
                "bytes",
                "{\"spec\": {\"sizeBytes\": 100000, \"seed\": 1}, \"transfer\": \"BUFFERED\"}")
            .join();

    JsonNode body = JSON.readTree(answer.payload().asByteArray());
    assertThat(answer.functionError()).isNull();
    assertThat(answer.executedVersion()).isEqualTo("$LATEST");
    assertThat(body.get("isBase64Encoded").booleanValue()).isTrue();
    assertThat(Base64.getDecoder().decode(body.get("body").textValue()))
        .isEqualTo(BytesFunction.content(100_000, 1));
  }

  @Test
  void refusesBufferedAnswerAboveSixMegabytes() throws Exception {
    InvokeResponse answer =
        client
            .invoke("bytes", "{\"spec\": {\"sizeBytes\": 5000000}, \"transfer\": \"BUFFERED\"}")
            .join();

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.functionError()).isEqualTo("Unhandled");
    assertThat(JSON.readTree(answer.payload().asByteArray()).get("errorType").textValue())
        .isEqualTo("Function.ResponseSizeTooLarge");
  }

  @Test
  void takesArnsAndQualifiersForNames() {
    for (String name :
        List.of(
            "arn:aws:lambda:us-east-1:123456789012:function:bytes",
            "123456789012:function:bytes",
            "bytes:$LATEST")) {
      assertThat(client.stream(name, event("\"sizeBytes\": 100")).join().bytes())
          .describedAs(name)
          .hasSize(100);
    }
  }

  @Test
  void knowsNoOtherFunction() {
    assertThatThrownBy(() -> client.invoke("nope", "{}").join())
        .hasCauseInstanceOf(ResourceNotFoundException.class)
        .hasMessageContaining("function:nope");
    assertThatThrownBy(() -> client.stream("nope", "{}").join())
        .hasCauseInstanceOf(ResourceNotFoundException.class);
  }

  @Test
  void refusedSpecIsFunctionErrorInBothCalls() throws Exception {
    AwsClient.Streamed streamed = client.stream("bytes", event("\"sizeBytes\": -1")).join();
    assertThat(streamed.bytes()).isEmpty();
    assertThat(streamed.complete().errorCode()).isEqualTo("InvalidSpec");
    assertThat(streamed.complete().errorDetails()).contains("sizeBytes: -1");

    InvokeResponse buffered = client.invoke("bytes", event("\"colour\": 1")).join();
    assertThat(buffered.functionError()).isEqualTo("Unhandled");
    JsonNode details = JSON.readTree(buffered.payload().asByteArray());
    assertThat(details.get("errorType").textValue()).isEqualTo("InvalidSpec");
    assertThat(details.get("errorMessage").textValue()).contains("colour: unknown field");
  }

  @Test
  void failureInTheMiddleComesAfterExactlyTheBytesBeforeIt() {
    AwsClient.Streamed answer =
        client.stream("bytes", event("\"sizeBytes\": 300000, \"fault\": {\"failAtByte\": 100001}"))
            .join();

    assertThat(answer.bytes()).hasSize(100_001);
    assertThat(answer.complete().errorCode()).isEqualTo("Fault.Injected");
  }

  @Test
  void bufferedAnswerFailsWithAndWithoutType() throws Exception {
    for (String type : List.of("\"Ink.Empty\"", "null")) {
      InvokeResponse answer =
          client
              .invoke(
                  "bytes",
                  "{\"spec\": {\"sizeBytes\": 300, \"fault\": {\"failAtByte\": 8, \"errorType\": "
                      + type
                      + "}}, \"transfer\": \"BUFFERED\"}")
              .join();
      assertThat(answer.functionError()).isEqualTo("Unhandled");
      JsonNode error = JSON.readTree(answer.payload().asByteArray());
      assertThat(error.path("errorType").asText("null")).isEqualTo(type.replace("\"", ""));
      assertThat(error.path("errorMessage").asText()).isEqualTo("told to fail");
    }
  }

  @Test
  void bufferedAnswerThatIsCutIsNoAnswer() {
    assertThatThrownBy(() ->
            send(
                "POST",
                "/2015-03-31/functions/bytes/invocations",
                "{\"spec\": {\"sizeBytes\": 300, \"fault\": {\"cutAtByte\": 8}},"
                    + " \"transfer\": \"BUFFERED\"}"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("received no bytes");
  }

  @Test
  void whatIsNoImageBeginsWithZeros() throws Exception {
    String spec = "\"sizeBytes\": 300, \"fault\": {\"notAnImage\": true}";
    byte[] expected = BytesFunction.content(300, 0);
    Arrays.fill(expected, 0, 8, (byte) 0);

    assertThat(client.stream("bytes", event(spec)).join().bytes()).isEqualTo(expected);
    JsonNode whole =
        JSON.readTree(
            client
                .invoke("bytes", event(spec).replace("RESPONSE_STREAM", "BUFFERED"))
                .join()
                .payload()
                .asByteArray());
    assertThat(Base64.getDecoder().decode(whole.get("body").textValue())).isEqualTo(expected);
  }

  @Test
  void oneCallCanAskToRunTwice() throws Exception {
    client.stream("bytes", event("\"sizeBytes\": 12345, \"fault\": {\"runTwice\": true}")).join();

    await()
        .untilAsserted(() ->
            assertThat(invocations().findValuesAsText("outcome"))
                .containsExactly("SUCCEEDED", "SUCCEEDED"));
  }

  @Test
  void failureWithoutTypeIsUnhandled() {
    AwsClient.Streamed answer =
        client.stream(
                "bytes",
                event("\"sizeBytes\": 300, \"fault\": {\"failAtByte\": 8, \"errorType\": null}"))
            .join();

    assertThat(answer.complete().errorCode()).isEqualTo("Unhandled");
  }

  @Test
  void cutStreamHasNoLastEvent() {
    // The SDK does not always call a broken stream an error, so that the event alone can tell.
    boolean whole =
        client.stream("bytes", event("\"sizeBytes\": 300000, \"fault\": {\"cutAtByte\": 100000}"))
            .handle((answer, error) -> error == null && answer.isComplete())
            .join();

    assertThat(whole).isFalse();
  }

  @Test
  void streamCutBeforeItsFirstByteHasNoLastEventEither() {
    boolean whole =
        client.stream("bytes", event("\"sizeBytes\": 300, \"fault\": {\"cutAtByte\": 0}"))
            .handle((answer, error) -> error == null && answer.isComplete())
            .join();

    assertThat(whole).isFalse();
  }

  @Test
  void hangingFunctionIsTimedOut() {
    client.close();
    lambda.close();
    lambda =
        new LocalLambda(LocalLambdaConfig.defaults().withFunctionTimeout(Duration.ofMillis(300)))
            .start();
    client = new AwsClient(lambda.url());

    AwsClient.Streamed answer =
        client.stream("bytes", event("\"sizeBytes\": 300, \"fault\": {\"hangAtByte\": 100}"))
            .join();

    assertThat(answer.bytes()).hasSize(100);
    assertThat(answer.complete().errorCode()).isEqualTo("Sandbox.Timedout");
  }

  @Test
  void capSlowsDownWhatComesAfterIt() throws Exception {
    client.stream(
            "bytes",
            event(
                "\"sizeBytes\": 300000, \"fault\":"
                    + " {\"capAfterBytes\": 100000, \"capBytesPerSecond\": 1000000}"))
        .join();

    await().until(() -> invocations().get(0).get("outcome").textValue().equals("SUCCEEDED"));
    JsonNode invocation = invocations().get(0);
    assertThat(invocation.get("lastByteAt").longValue() - invocation.get("firstByteAt").longValue())
        .isGreaterThanOrEqualTo(199_000);
  }

  @Test
  void functionRunsTwiceUnderOneId() throws Exception {
    send("PUT", "/_local/faults", "{\"runTwice\": true}");
    client.stream("bytes", event("\"sizeBytes\": 12345")).join();

    await()
        .untilAsserted(() ->
            assertThat(invocations().findValuesAsText("outcome"))
                .containsExactly("SUCCEEDED", "SUCCEEDED"));
    assertThat(invocations().findValuesAsText("bytes")).containsExactly("12345", "12345");
    assertThat(invocations().findValuesAsText("id")).hasSize(2);
    assertThat(invocations().get(0).get("id")).isEqualTo(invocations().get(1).get("id"));
  }

  @Test
  void faultsOfOneFunctionSpareTheOther() throws Exception {
    send("PUT", "/_local/faults", "{\"function\": \"map\", \"failAtByte\": 0}");
    assertThat(client.stream("bytes", event("\"sizeBytes\": 10")).join().bytes()).hasSize(10);
  }

  @Test
  void faultsCanBeSetForAllAnswersAndEnded() throws Exception {
    send("PUT", "/_local/faults", "{\"throttle\": true}");
    assertThatThrownBy(() -> client.stream("bytes", event("\"sizeBytes\": 10")).join())
        .hasCauseInstanceOf(TooManyRequestsException.class);

    send("PUT", "/_local/faults", "{}");
    assertThat(client.stream("bytes", event("\"sizeBytes\": 10")).join().bytes()).hasSize(10);

    assertThat(send("PUT", "/_local/faults", "{\"thortle\": true}").statusCode()).isEqualTo(400);
  }

  @Test
  void moreThanTheLimitWaitInOrder() throws Exception {
    String hanging = event("\"sizeBytes\": 200000000, \"bytesPerSecond\": 100000");
    List<CompletableFuture<AwsClient.Streamed>> running = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      running.add(client.stream("bytes", hanging));
    }
    await()
        .until(() ->
            invocations().findValuesAsText("startedAt").stream().noneMatch("0"::equals)
                && invocations().size() == 3);

    CompletableFuture<AwsClient.Streamed> fourth =
        client.stream("bytes", event("\"sizeBytes\": 1"));
    await().until(() -> invocations().size() == 4);
    assertThat(invocations().get(3).get("startedAt").longValue()).isZero();

    running.getFirst().cancel(true);
    assertThat(fourth.join().bytes()).hasSize(1);
    running.forEach(answer -> answer.cancel(true));
  }

  @Test
  void tellsWhenEachInvocationBeganAndEnded() throws Exception {
    client.stream(
            "bytes",
            event("\"sizeBytes\": 60000, \"bytesPerSecond\": 600000, \"firstByteAfter\": \"50ms\""))
        .join();

    await().until(() -> invocations().get(0).get("outcome").textValue().equals("SUCCEEDED"));
    JsonNode invocation = invocations().get(0);
    assertThat(invocation.get("function").textValue()).isEqualTo("bytes");
    assertThat(invocation.get("bytes").longValue()).isEqualTo(60_000);
    long started = invocation.get("startedAt").longValue();
    long first = invocation.get("firstByteAt").longValue();
    assertThat(started).isGreaterThanOrEqualTo(invocation.get("receivedAt").longValue());
    assertThat(first - started).isGreaterThanOrEqualTo(50_000);
    assertThat(invocation.get("lastByteAt").longValue() - first).isGreaterThanOrEqualTo(98_000);
  }

  @Test
  void isHealthy() throws Exception {
    assertThat(send("GET", "/_local/health", "").body()).contains("UP");
    assertThat(send("GET", "/nope", "").statusCode()).isEqualTo(404);
  }

  private static String event(String spec) {
    return "{\"spec\": {" + spec + "}, \"transfer\": \"RESPONSE_STREAM\", \"attempt\": 1}";
  }

  private JsonNode invocations() throws Exception {
    return JSON.readTree(send("GET", "/_local/invocations", "").body());
  }

  private HttpResponse<String> send(String method, String path, String body) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(lambda.url().resolve(path))
              .method(method, BodyPublishers.ofString(body))
              .build(),
          BodyHandlers.ofString());
    }
  }
}
