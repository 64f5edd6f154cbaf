package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyKeyTest {

  private static HttpFields headers(String lines) {
    HttpFields.Mutable headers = HttpFields.build();
    Arrays.stream(lines.split("\\|")).forEach(line -> headers.add("Idempotency-Key", line));
    return headers;
  }

  @ParameterizedTest
  @CsvSource({"a, a", "'\"a\"', a", "' a ', a", "a|a, a"})
  void isTheOneThatIsSent(String lines, String key) throws ProblemException {
    assertThat(IdempotencyKey.of(headers(lines))).isEqualTo(key);
  }

  @Test
  void isEmptyWithoutTheHeader() throws ProblemException {
    assertThat(IdempotencyKey.of(HttpFields.EMPTY)).isEmpty();
  }

  /** Whichever was taken, the other create would get the wrong image. */
  @ParameterizedTest
  @ValueSource(strings = {"a|b", "a|\"a\"", "a|a|b"})
  void ofTwoNeitherIsTaken(String lines) {
    assertThatThrownBy(() -> IdempotencyKey.of(headers(lines)))
        .isInstanceOfSatisfying(
            ProblemException.class,
            refused -> {
              assertThat(refused.problem().status()).isEqualTo(HttpStatus.BAD_REQUEST_400);
              assertThat(refused.problem().more().path("field").asText())
                  .isEqualTo("Idempotency-Key");
            });
  }
}
