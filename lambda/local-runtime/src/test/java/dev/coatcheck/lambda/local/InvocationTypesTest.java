package dev.coatcheck.lambda.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the two calls answer beside a function's own answer. */
@Timeout(60)
class InvocationTypesTest {

  private static final String EVENT =
      "{\"spec\": {\"sizeBytes\": 100}, \"transfer\": \"BUFFERED\"}";
  private static final String BUFFERED = "/2015-03-31/functions/%s/invocations";
  private static final String STREAMED = "/2021-11-15/functions/%s/response-streaming-invocations";

  private final HttpClient http = HttpClient.newHttpClient();
  private LocalLambda lambda;

  @BeforeEach
  void start() {
    lambda = new LocalLambda(LocalLambdaConfig.defaults()).start();
  }

  @AfterEach
  void stop() {
    http.close();
    lambda.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {BUFFERED, STREAMED})
  void dryRunRunsNothing(String path) throws Exception {
    HttpResponse<String> answer = call(path.formatted("bytes"), "DryRun", EVENT);

    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.headers().firstValue("x-amzn-requestid")).isPresent();
    assertThat(invocations()).isEqualTo("[]");
  }

  @Test
  void eventIsAnsweredAtOnceAndRuns() throws Exception {
    HttpResponse<String> answer = call(BUFFERED.formatted("bytes"), "Event", EVENT);

    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.body()).isEmpty();
    await().untilAsserted(() -> assertThat(invocations()).contains("\"outcome\":\"SUCCEEDED\""));
  }

  @ParameterizedTest
  @CsvSource({
    BUFFERED + ", Sometime, 400, InvalidParameterValueException",
    STREAMED + ", Event, 400, InvalidParameterValueException"
  })
  void otherTypesAreRefused(String path, String type, int status, String error) throws Exception {
    requireError(call(path.formatted("bytes"), type, EVENT), status, error);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nope",
        "bytes:PROD",
        "bytes:7",
        "arn:aws:lambda:us-east-1:123456789012:function:bytes:PROD",
        "bytes?Qualifier=PROD"
      })
  void unknownFunctionsAndAliasesAreNotFound(String name) throws Exception {
    String[] parts = name.split("\\?", 2);
    String query = parts.length > 1 ? "?" + parts[1] : "";
    for (String path : new String[] {BUFFERED, STREAMED}) {
      requireError(
          call(path.formatted(parts[0]) + query, "RequestResponse", EVENT),
          404,
          "ResourceNotFoundException");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes:$LATEST",
        "arn:aws-eusc:lambda:eusc-de-east-1:123456789012:function:bytes",
        "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:bytes:$LATEST",
        "arn:aws-cn:lambda:cn-north-1:123456789012:function:bytes"
      })
  void namesOfAllPartitionsAreKnown(String name) throws Exception {
    assertThat(call(BUFFERED.formatted(name), "RequestResponse", EVENT).statusCode())
        .isEqualTo(200);
  }

  @Test
  void functionIsThereAndActive() throws Exception {
    HttpResponse<String> function = get("/2015-03-31/functions/bytes");
    assertThat(function.statusCode()).isEqualTo(200);
    assertThat(function.body())
        .contains("\"Configuration\":{\"FunctionName\":\"bytes\"", "\"State\":\"Active\"");
    assertThat(get("/2015-03-31/functions/bytes/configuration").body())
        .startsWith("{\"FunctionName\":\"bytes\"");

    requireError(get("/2015-03-31/functions/nope"), 404, "ResourceNotFoundException");
    requireError(
        get("/2015-03-31/functions/bytes?Qualifier=PROD"), 404, "ResourceNotFoundException");
  }

  /** Whoever goes on would have the rest of this body taken for the next request. */
  @Test
  void connectionEndsBehindABodyThatWasNotRead() throws Exception {
    try (Socket socket = new Socket(lambda.url().getHost(), lambda.url().getPort())) {
      socket
          .getOutputStream()
          .write(
              """
              POST /2015-03-31/functions/nope/invocations HTTP/1.1\r
              Host: lambda\r
              Content-Length: 5000000\r
              \r
              """
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer).startsWith("HTTP/1.1 404 ").contains("\nConnection: close\r\n");
    }
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(lambda.url().resolve(path)).build(), BodyHandlers.ofString());
  }

  private static void requireError(HttpResponse<String> answer, int status, String error) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("x-amzn-errortype")).contains(error);
    assertThat(answer.headers().firstValue("x-amzn-requestid")).isPresent();
  }

  private String invocations() throws Exception {
    return http.send(
            HttpRequest.newBuilder(lambda.url().resolve("/_local/invocations")).build(),
            BodyHandlers.ofString())
        .body();
  }

  private HttpResponse<String> call(String path, String type, String event) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(lambda.url() + path.replace("$", "%24")))
            .header("X-Amz-Invocation-Type", type)
            .POST(BodyPublishers.ofString(event))
            .build(),
        BodyHandlers.ofString());
  }
}
