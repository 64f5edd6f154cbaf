package dev.coatcheck.lambda.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;

/** The real map function, as a real process, from the AWS SDK's call to the image. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MapFunctionProcessTest {

  private static final String SMALL =
      "{\"width\": 600, \"height\": 450, \"zoom\": 4, \"style\": \"plain\"}";

  private LocalLambda lambda;
  private AwsClient client;

  @BeforeAll
  void start() {
    lambda =
        new LocalLambda(
                LocalLambdaConfig.defaults()
                    .withMapCommand(TestProcess.running("dev.coatcheck.lambda.map.MapFunction")))
            .start();
    client = new AwsClient(lambda.url());
  }

  @AfterAll
  void stop() {
    client.close();
    lambda.close();
  }

  @Test
  void mapIsTheSameStreamedAndBuffered() throws Exception {
    AwsClient.Streamed streamed =
        client.stream("map", "{\"spec\": " + SMALL + ", \"transfer\": \"RESPONSE_STREAM\"}").join();
    InvokeResponse buffered =
        client.invoke("map", "{\"spec\": " + SMALL + ", \"transfer\": \"BUFFERED\"}").join();

    assertThat(streamed.complete().errorCode()).isNull();
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(streamed.bytes()));
    assertThat(image.getWidth()).isEqualTo(600);
    JsonNode answer = new ObjectMapper().readTree(buffered.payload().asByteArray());
    assertThat(answer.get("isBase64Encoded").booleanValue()).isTrue();
    assertThat(Base64.getDecoder().decode(answer.get("body").textValue()))
        .isEqualTo(streamed.bytes());
  }

  @Test
  void mapIsTheSamePushed() throws Exception {
    byte[] streamed = client.stream("map", "{\"spec\": " + SMALL + "}").join().bytes();
    try (UploadServer server = new UploadServer(4096, 0)) {
      InvokeResponse answer =
          client
              .invoke(
                  "map",
                  "{\"spec\": %s, \"transfer\": \"CALLBACK\", \"upload\": %s}"
                      .formatted(SMALL, server.json()))
              .join();

      assertThat(answer.payload().asUtf8String())
          .isEqualTo(
              "{\"sizeBytes\":%d,\"sha256\":\"%s\"}"
                  .formatted(streamed.length, UploadServer.sha256(streamed)));
      assertThat(server.image()).isEqualTo(streamed);
      assertThat(server.offsets()).hasSizeGreaterThan(5);
      assertThat(server.checked()).isEqualTo(server.offsets().size());
    }
  }

  @Test
  void refusedPushIsTheFunctionsError() throws Exception {
    try (UploadServer server = new UploadServer(4096, 0)) {
      server.answerNext(409, "ATTEMPT_SUPERSEDED", "for a test");
      InvokeResponse answer =
          client
              .invoke("map", "{\"transfer\": \"CALLBACK\", \"upload\": " + server.json() + "}")
              .join();

      assertThat(answer.functionError()).isEqualTo("Unhandled");
      assertThat(answer.payload().asUtf8String())
          .contains("\"errorType\":\"UploadRefused\"")
          .contains("409 ATTEMPT_SUPERSEDED, for a test");
    }
  }

  @Test
  void pushToNowhereIsAnInvalidEvent() {
    InvokeResponse answer = client.invoke("map", "{\"transfer\": \"CALLBACK\"}").join();

    assertThat(answer.payload().asUtf8String()).contains("\"errorType\":\"InvalidEvent\"");
  }

  @Test
  void mapIsTheSameByItsUrlAsBytesAndAsEvents() throws Exception {
    byte[] streamed = client.stream("map", "{\"spec\": " + SMALL + "}").join().bytes();

    HttpResponse<byte[]> bytes = post("{\"spec\": " + SMALL + "}", "image/*");
    assertThat(bytes.statusCode()).isEqualTo(200);
    assertThat(bytes.headers().firstValue("Content-Type")).hasValue("image/png");
    assertThat(bytes.body()).isEqualTo(streamed);

    HttpResponse<byte[]> events = post("{\"spec\": " + SMALL + "}", "text/event-stream");
    assertThat(events.headers().firstValue("Content-Type")).hasValue("text/event-stream");
    List<Sse> told = Sse.parse(new String(events.body(), StandardCharsets.UTF_8));
    assertThat(told.getFirst().data()).isEqualTo("{\"contentType\":\"image/png\"}");
    assertThat(Sse.image(told)).isEqualTo(streamed);
    assertThat(told.getLast())
        .isEqualTo(
            new Sse(
                "done",
                "",
                "{\"sizeBytes\":%d,\"sha256\":\"%s\"}"
                    .formatted(streamed.length, UploadServer.sha256(streamed))));
  }

  @Test
  void refusedSpecIsAProblemByTheUrl() throws Exception {
    HttpResponse<byte[]> refused = post("{\"spec\": {\"zoom\": 99}}", "text/event-stream");

    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    JsonNode problem = new ObjectMapper().readTree(refused.body());
    assertThat(problem.get("reason").textValue()).isEqualTo("SPEC_REFUSED");
    assertThat(problem.get("detail").textValue()).startsWith("zoom: 99 (expected: ");
  }

  private HttpResponse<byte[]> post(String body, String accept) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(lambda.functionUrl("map"))
              .header("Content-Type", "application/json")
              .header("Accept", accept)
              .POST(BodyPublishers.ofString(body))
              .build(),
          BodyHandlers.ofByteArray());
    }
  }

  @Test
  void jpegIsStreamedToo() {
    String spec = SMALL.replace("}", ", \"format\": \"jpeg\"}");
    AwsClient.Streamed streamed = client.stream("map", "{\"spec\": " + spec + "}").join();

    assertThat(streamed.complete().errorCode()).isNull();
    assertThat(streamed.bytes()).startsWith(0xFF, 0xD8, 0xFF);
  }

  @Test
  void refusedSpecNamesTheField() {
    AwsClient.Streamed streamed = client.stream("map", "{\"spec\": {\"zoom\": 99}}").join();

    assertThat(streamed.bytes()).isEmpty();
    assertThat(streamed.complete().errorCode()).isEqualTo("InvalidSpec");
    assertThat(streamed.complete().errorDetails()).contains("zoom: 99 (expected: ");
  }

  @Test
  void unknownTransferIsAnInvalidEvent() {
    AwsClient.Streamed streamed = client.stream("map", "{\"transfer\": \"PIGEON\"}").join();

    assertThat(streamed.complete().errorCode()).isEqualTo("InvalidEvent");
  }

  @Test
  void twoMapsAreDrawnAtOnce() {
    String event = "{\"spec\": {\"width\": 500, \"height\": 400, \"zoom\": 3}}";
    CompletableFuture<AwsClient.Streamed> one = client.stream("map", event);
    CompletableFuture<AwsClient.Streamed> other = client.stream("map", event);

    assertThat(one.join().bytes()).isEqualTo(other.join().bytes());
  }
}
