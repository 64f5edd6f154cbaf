package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.key.ImageKey;
import dev.coatcheck.key.KeySealer;
import dev.coatcheck.key.KeysetFile;
import dev.coatcheck.v1.ErrorReason;
import io.grpc.Status.Code;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong before the first byte is a clean answer. */
final class FailureTest extends GatewayTest {

  @ParameterizedTest
  @CsvSource({
    "NOT_FOUND, IMAGE_NOT_FOUND, 404",
    "NOT_FOUND, IMAGE_DELIVERED, 410",
    "NOT_FOUND, IMAGE_EXPIRED, 410",
    "NOT_FOUND, IMAGE_DELETED, 410",
    "NOT_FOUND, IMAGE_LOST, 410",
    "ABORTED, IMAGE_CLAIMED, 409",
    "RESOURCE_EXHAUSTED, MEMORY_BUDGET_EXHAUSTED, 503",
    "UNAVAILABLE, GENERATOR_UNAVAILABLE, 503",
    "INTERNAL, FUNCTION_FAILED, 502",
    "DEADLINE_EXCEEDED, FUNCTION_TIMEOUT, 504",
    "UNAVAILABLE, FUNCTION_THROTTLED, 503",
    "INTERNAL, NOT_AN_IMAGE, 502",
    "INVALID_ARGUMENT, SPEC_REFUSED, 422",
    "INVALID_ARGUMENT, INVALID_REQUEST, 422"
  })
  void eachReasonHasItsStatus(Code code, ErrorReason reason, int status) throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    image.failure = Refusals.of(code, reason, Map.of("sha256", "abc", "size_bytes", "1000"));

    // before the head, and between head and data
    for (int failAt : new int[] {-1, 0}) {
      image.failAtBytes = failAt;
      assertProblem(get(contentOf(image)), reason, status);
    }
    generator.refusal = image.failure;
    assertProblem(get(uri("/v1/" + image.name)), reason, status);
    assertProblem(get(uri("/v1/" + image.name + "/events")), reason, status);
    assertProblem(post("/v1/images", "{\"spec\":{}}"), reason, status);
    assertProblem(post("/v1/images:generate", "{\"spec\":{}}"), reason, status);
  }

  @ParameterizedTest
  @CsvSource({
    "max_bytes, maxBytes",
    "size_bytes, sizeBytes",
    "request_id, Idempotency-Key",
    "ttl, ttl"
  })
  void fieldIsCalledWhatTheCallerCallsIt(String field, String told) throws Exception {
    generator.refusal =
        Refusals.of(Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Map.of("field", field));

    var response = post("/v1/images", "{\"spec\":{}}");

    assertThat(json(response).get("field").asText()).isEqualTo(told);
  }

  private static void assertProblem(HttpResponse<byte[]> response, ErrorReason reason, int status)
      throws Exception {
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(response.headers().firstValue("cache-control")).hasValue("no-store");
    var problem = json(response);
    assertThat(problem.get("reason").asText()).isEqualTo(reason.name());
    assertThat(problem.get("status").asInt()).isEqualTo(status);
    assertThat(problem.get("type").asText()).isEqualTo("about:blank");
    assertThat(problem.get("title").asText()).isNotEmpty();
    assertThat(problem.get("detail").asText()).isEqualTo("said by the generator");
    assertThat(problem.get("sha256").asText()).isEqualTo("abc");
    assertThat(problem.get("sizeBytes").isNumber()).isTrue();
    assertThat(problem.get("sizeBytes").asLong()).isEqualTo(1000);
    assertThat(response.headers().firstValue("retry-after").isPresent())
        .isEqualTo(status == 503 || status == 409);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "10, 1", "1000, 1", "1001, 2", "2500, 3"})
  void retryAfterIsWholeSecondsAndAtLeastOne(long millis, String seconds) throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    generator.refusal = Refusals.withRetry(Code.ABORTED, ErrorReason.IMAGE_CLAIMED, millis);

    var response = get(contentOf(image));

    assertThat(response.statusCode()).isEqualTo(409);
    assertThat(response.headers().firstValue("retry-after")).hasValue(seconds);
  }

  @Test
  void generatorThatIsGoneIsUnavailable() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    generator.close();

    var response = get(contentOf(image));

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(json(response).get("reason").asText()).isEqualTo("GENERATOR_UNAVAILABLE");
    assertThat(response.headers().firstValue("retry-after")).hasValue("1");
  }

  @Test
  void faultOfAGeneratorIsABadGateway() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    generator.refusal = io.grpc.Status.UNKNOWN.asRuntimeException();

    var response = get(contentOf(image));

    assertThat(response.statusCode()).isEqualTo(502);
    assertThat(json(response).get("reason").asText()).isEqualTo("INTERNAL");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/content", "/events"})
  void forgedKeyIsNotFoundWithNoCallToAnyGenerator(String resource) throws Exception {
    var other = directory.resolve("other");
    KeysetFile.create(other);
    String foreign =
        new KeySealer(KeysetFile.open(other)::aead)
            .seal(ImageKey.create(new SecureRandom(), Instant.now(), 1, generator.address()));
    String tampered = generator.hold(ScriptedImage.ofSize(10)).key();
    tampered = (tampered.charAt(0) == 'A' ? 'B' : 'A') + tampered.substring(1);

    for (String key : new String[] {foreign, tampered, "x", "x".repeat(300), "%41"}) {
      var response = get(uri("/v1/images/" + key + resource));
      assertThat(response.statusCode()).isEqualTo(404);
      assertThat(json(response).get("reason").asText()).isEqualTo("IMAGE_NOT_FOUND");
    }
    assertThat(generator.calls).hasValue(0);
  }

  @Test
  void keyOfAGeneratorThatDiscoveryDoesNotKnowIsDialled() throws Exception {
    try (FakeGenerator unknown = FakeGenerator.start(sealer)) {
      ScriptedImage image = unknown.hold(ScriptedImage.ofSize(1000));

      assertThat(get(contentOf(image)).body()).isEqualTo(image.bytes);
      await().atMost(PATIENCE).until(() -> !image.settlements.isEmpty());
    }
  }
}
