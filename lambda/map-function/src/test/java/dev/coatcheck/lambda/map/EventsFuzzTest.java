package dev.coatcheck.lambda.map;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coatcheck.lambda.kit.HttpProblem;
import dev.coatcheck.lambda.kit.InvalidEventException;
import dev.coatcheck.lambda.kit.UploadAddress;
import dev.coatcheck.lambda.kit.UrlRequest;
import dev.coatcheck.lambda.map.spec.MapSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** What callers send, in the events in which it comes: understood, or refused. */
class EventsFuzzTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @FuzzTest
  void specIsAMapOrRefused(byte[] json) {
    try {
      MapSpec spec = MapSpec.parse(tree(json));
      assertThat(Math.abs(spec.latitude())).isLessThanOrEqualTo(MapSpec.MAX_LATITUDE);
      assertThat(Math.abs(spec.longitude())).isLessThanOrEqualTo(180);
      assertThat(spec.zoom()).isBetween(0.0, 18.0);
      assertThat(spec.width()).isBetween(16, 16_384);
      assertThat(spec.height()).isBetween(16, 16_384);
      assertThat((long) spec.width() * spec.height()).isLessThanOrEqualTo(64L << 20);
    } catch (InvalidEventException refusal) {
      assertThat(refusal.errorType()).isEqualTo("InvalidSpec");
    }
  }

  /** A body as AWS hands it over, plain and in base64, and the same as a query. */
  @FuzzTest
  void requestIsOneWithASpecOrRefused(byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    requireRequest(event("POST", Map.of("body", text)));
    requireRequest(event("POST", Map.of("body", text, "isBase64Encoded", true)));
    requireRequest(
        event(
            "POST",
            Map.of("body", Base64.getEncoder().encodeToString(body), "isBase64Encoded", true)));
    requireRequest(event("GET", Map.of("queryStringParameters", Map.of("spec", text))));
    requireRequest(event(text, Map.of("rawPath", text, "headers", Map.of("accept", text))));
  }

  /** The whole event, which is AWS's own. */
  @FuzzTest
  void eventIsUnderstoodOrRefused(byte[] json) {
    JsonNode event = tree(json);
    requireRequest(event);
    try {
      UploadAddress address = UploadAddress.parse(event);
      assertThat(address.partBytes()).isBetween(1, 32 << 20);
      assertThat(address.url().getHost()).isNotEmpty();
      assertThat(address.completeUrl()).hasToString(address.url() + ":complete");
    } catch (InvalidEventException refusal) {
      assertThat(refusal.errorType()).isEqualTo("InvalidEvent");
    }
  }

  private static void requireRequest(JsonNode event) {
    try {
      assertThat(UrlRequest.parse(event).spec().isObject()).isTrue();
    } catch (HttpProblem problem) {
      assertThat(problem.status()).isBetween(400, 499);
      assertThat(tree(problem.json()).path("status").asInt()).isEqualTo(problem.status());
    }
  }

  private static JsonNode event(String method, Map<String, ?> more) {
    var event = JSON.createObjectNode();
    event.putObject("requestContext").putObject("http").put("method", method);
    more.forEach((name, value) -> event.set(name, JSON.valueToTree(value)));
    return event;
  }

  private static JsonNode tree(byte[] json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      return JSON.missingNode();
    }
  }
}
