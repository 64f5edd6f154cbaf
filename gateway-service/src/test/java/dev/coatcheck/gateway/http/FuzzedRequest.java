package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coatcheck.contract.UntrustedText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpFields;

/** Headers out of a fuzzer's bytes, and what a refusal of them must be. */
final class FuzzedRequest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private FuzzedRequest() {}

  /** Several fields of that name, one a line, with the characters that Jetty lets through. */
  static HttpFields headers(String name, byte[] input) {
    HttpFields.Mutable headers = HttpFields.build();
    for (String line : text(input).split("\n", -1)) {
      headers.add(name, fieldValue(line));
    }
    return headers;
  }

  /** Any fields, {@code name: value} each, one a line. */
  static HttpFields.Mutable headers(byte[] input) {
    HttpFields.Mutable headers = HttpFields.build();
    for (String line : text(input).split("\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.add(line.substring(0, colon), fieldValue(line.substring(colon + 1)));
      }
    }
    return headers;
  }

  static String text(byte[] input) {
    return new String(input, StandardCharsets.ISO_8859_1);
  }

  private static String fieldValue(String line) {
    return line.replaceAll("[\\x00-\\x08\\x0a-\\x1f\\x7f]", " ").strip();
  }

  /** It has a status of the caller's, is short and printable, and is JSON. */
  static void requireRefusal(ProblemException refused) throws IOException {
    Problem problem = refused.problem();
    assertThat(problem.status()).isBetween(400, 499);
    assertThat(UntrustedText.hasAtMost(problem.detail(), UntrustedText.MAX_MESSAGE)).isTrue();
    assertThat(UntrustedText.isPrintable(problem.detail())).isTrue();
    JsonNode json = JSON.readTree(problem.json());
    assertThat(json.path("detail").asText()).isEqualTo(problem.detail());
    String field = json.path("field").asText();
    assertThat(UntrustedText.hasAtMost(field, Problem.MAX_FIELD)).isTrue();
    assertThat(UntrustedText.isPrintable(field)).isTrue();
  }
}
