package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.coatcheck.contract.Filenames;
import dev.coatcheck.contract.FunctionNames;
import dev.coatcheck.kit.json.TruncatedJson;
import dev.coatcheck.testing.JsonStructs;
import dev.coatcheck.v1.CompleteUploadRequest;
import dev.coatcheck.v1.CreateImageRequest;
import java.io.IOException;
import java.math.BigDecimal;

/** A body is read as Jackson reads it into a tree, or refused. */
class JsonBodiesFuzzTest {

  private static final long MAX_TTL_SECONDS = 24 * 60 * 60;

  private static final JsonMapper REFERENCE =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  @FuzzTest
  void createRequestSaysWhatTheJsonSays(byte[] body) throws IOException {
    CreateImageRequest request;
    try {
      request = CreateRequestParser.parse(body);
    } catch (ProblemException refused) {
      FuzzedRequest.requireRefusal(refused);
      assertThat(refused.problem().status()).isIn(400, 422);
      return;
    }
    assertThat(CreateImageRequest.parseFrom(request.toByteArray())).isEqualTo(request);
    JsonNode json = REFERENCE.readTree(body);
    JsonStructs.requireSame(json.path("spec"), request.getSpec());
    assertThat(request.getFunction()).isEqualTo(json.path("function").asText());
    assertThat(request.getFunction()).matches(n -> n.isEmpty() || FunctionNames.isValid(n));
    assertThat(request.getFilename()).isEqualTo(json.path("filename").asText());
    assertThat(request.getFilename()).matches(n -> n.isEmpty() || Filenames.isValid(n));
    assertThat(request.getMaxBytes()).isEqualTo(json.path("maxBytes").asLong()).isNotNegative();
    assertThat(request.getTtl().getSeconds()).isBetween(0L, MAX_TTL_SECONDS);
    assertThat(request.getTtl().getNanos()).isBetween(0, 999_999_999);
    if (request.hasTtl()) {
      assertThat(new BigDecimal(json.path("ttl").asText().replace("s", "")))
          .isEqualByComparingTo(
              BigDecimal.valueOf(request.getTtl().getSeconds())
                  .add(BigDecimal.valueOf(request.getTtl().getNanos(), 9)));
    }
  }

  /** Of a body that is too large, the beginning is closed and read for its refusal. */
  @FuzzTest
  void beginningOfABodyIsReadOrRefused(byte[] prefix) throws IOException {
    try {
      CreateRequestParser.parse(TruncatedJson.close(prefix));
      CompleteRequestParser.parse(TruncatedJson.close(prefix));
    } catch (ProblemException refused) {
      FuzzedRequest.requireRefusal(refused);
    }
  }

  @FuzzTest
  void completeRequestSaysWhatTheJsonSays(byte[] body) throws IOException {
    CompleteUploadRequest request;
    try {
      request = CompleteRequestParser.parse(body);
    } catch (ProblemException refused) {
      FuzzedRequest.requireRefusal(refused);
      assertThat(refused.problem().status()).isIn(400, 422);
      return;
    }
    JsonNode json = REFERENCE.readTree(body);
    assertThat(request.getSizeBytes()).isEqualTo(json.path("sizeBytes").longValue()).isPositive();
    assertThat(request.getSha256())
        .isEqualTo(json.path("sha256").textValue())
        .matches("[0-9a-f]{64}");
  }
}
