package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.v1.CompleteUploadRequest;
import dev.coatcheck.v1.ErrorReason;
import io.grpc.Status.Code;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The word that all parts were written. */
final class CompleteUploadTest extends UploadTest {

  private static final String SHA256 = "0123456789abcdef".repeat(4);
  static final String GOOD = "{\"sizeBytes\": 20000000000, \"sha256\": \"" + SHA256 + "\"}";

  private HttpResponse<byte[]> complete(String json, String... headers) throws Exception {
    return post("/v1/uploads/" + token + ":complete", json, headers);
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void generatorHearsWhatTheImageMustBe(Version version) throws Exception {
    speak(version);

    var response =
        send(
            request(uri("/v1/uploads/" + token + ":complete"), "Upload-Writer", WRITER)
                .header("Content-Type", "application/json")
                .version(version)
                .POST(BodyPublishers.ofString(GOOD)));

    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.version()).isEqualTo(version);
    assertThat(response.body()).isEmpty();
    assertThat(generator.ingest.completes)
        .containsExactly(
            CompleteUploadRequest.newBuilder()
                .setToken(token)
                .setWriter(WRITER)
                .setSizeBytes(20_000_000_000L)
                .setSha256(SHA256)
                .build());
  }

  @Test
  void writerIsOptional() throws Exception {
    assertThat(complete(GOOD).statusCode()).isEqualTo(204);

    assertThat(generator.ingest.completes.getFirst().getWriter()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a.b", "LONG"})
  void malformedWriterIsRefused(String writer) throws Exception {
    var response = complete(GOOD, "Upload-Writer", writer.replace("LONG", "a".repeat(65)));

    assertProblem(response, 422, "INVALID_REQUEST");
    assertThat(json(response).get("field").asText()).isEqualTo("Upload-Writer");
    assertThat(generator.calls).hasValue(0);
  }

  @ParameterizedTest
  @CsvSource({
    "NOT_FOUND, UPLOAD_NOT_FOUND, 404",
    "ABORTED, ATTEMPT_SUPERSEDED, 409",
    "INVALID_ARGUMENT, INVALID_REQUEST, 422",
    "INTERNAL, NOT_AN_IMAGE, 502"
  })
  void refusalReachesTheWriter(Code code, ErrorReason reason, int status) throws Exception {
    generator.ingest.refusal = Refusals.of(code, reason, Map.of("field", "sha256"));

    var response = complete(GOOD);

    assertProblem(response, status, reason.name());
    assertThat(json(response).get("field").asText()).isEqualTo("sha256");
  }

  @Test
  void generatorThatIsGoneIsUnavailable() throws Exception {
    generator.close();

    var response = complete(GOOD);

    assertProblem(response, 503, "GENERATOR_UNAVAILABLE");
    assertThat(response.headers().firstValue("retry-after")).hasValue("1");
  }

  @Test
  void writerWhoLeavesIsNotWaitedForByTheGenerator() throws Exception {
    speak(Version.HTTP_2);
    generator.ingest.silent = true;
    var waiting =
        http.sendAsync(
            request(uri("/v1/uploads/" + token + ":complete"), "Content-Type", "application/json")
                .version(Version.HTTP_2)
                .POST(BodyPublishers.ofString(GOOD))
                .build(),
            BodyHandlers.discarding());
    await().atMost(PATIENCE).until(() -> generator.ingest.completes.size() == 1);

    waiting.cancel(true);

    await().atMost(PATIENCE).until(() -> generator.ingest.cancelledCompletes.get() == 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "400 |           | {",
        "400 |           | ``",
        "400 |           | GOOD x",
        "400 |           | {\"sizeBytes\":1,\"sizeBytes\":1}",
        "422 |           | []",
        "422 |           | 1",
        "422 | sizeBytes | {}",
        "422 | sizeBytes | {\"sha256\":\"SHA\"}",
        "422 | sizeBytes | {\"sizeBytes\":0,\"sha256\":\"SHA\"}",
        "422 | sizeBytes | {\"sizeBytes\":-1,\"sha256\":\"SHA\"}",
        "422 | sizeBytes | {\"sizeBytes\":1.0,\"sha256\":\"SHA\"}",
        "422 | sizeBytes | {\"sizeBytes\":\"1\",\"sha256\":\"SHA\"}",
        "422 | sizeBytes | {\"sizeBytes\":null,\"sha256\":\"SHA\"}",
        "422 | sizeBytes | {\"sizeBytes\":9223372036854775808,\"sha256\":\"SHA\"}",
        "422 | sha256    | {\"sizeBytes\":1}",
        "422 | sha256    | {\"sizeBytes\":1,\"sha256\":1}",
        "422 | sha256    | {\"sizeBytes\":1,\"sha256\":\"\"}",
        "422 | sha256    | {\"sizeBytes\":1,\"sha256\":\"SHA0\"}",
        "422 | sha256    | {\"sizeBytes\":1,\"sha256\":\"0SHA\"}",
        "422 | sha256    | {\"sizeBytes\":1,\"sha256\":\"UPPER\"}",
        "422 | writer    | {\"sizeBytes\":1,\"sha256\":\"SHA\",\"writer\":\"a\"}",
      })
  void wrongBodyIsRefusedWithItsField(int status, String field, String body) throws Exception {
    String filled =
        body.replace("GOOD", GOOD)
            .replace("SHA", SHA256)
            .replace("UPPER", SHA256.replace('a', 'A'));

    var response = complete(filled);

    assertProblem(response, status, "INVALID_REQUEST");
    assertThat(json(response).path("field").asText(null)).isEqualTo(field);
    assertThat(generator.calls).hasValue(0);
  }

  @Test
  void bodyOfAnotherTypeOrSizeIsRefused() throws Exception {
    var path = uri("/v1/uploads/" + token + ":complete");
    assertProblem(send(request(path).POST(BodyPublishers.ofString(GOOD))), 415, "INVALID_REQUEST");
    assertProblem(complete(" ".repeat(64 << 10) + GOOD), 413, "INVALID_REQUEST");
    assertThat(generator.calls).hasValue(0);
  }
}
