package dev.coatcheck.kit.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TruncatedJsonTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'a': 'xyz          | {'a': 'xyz'}",
        "{'a': 'x\\          | {'a': 'x'}",
        "{'a': 'x\\\\        | {'a': 'x\\\\'}",
        "{'a': 'x\\\\\\      | {'a': 'x\\\\'}",
        "{'a': 'x\\n         | {'a': 'x\\n'}",
        "{'a': 'x\\u         | {'a': 'x'}",
        "{'a': 'x\\u12       | {'a': 'x'}",
        "{'a': 'x\\u123      | {'a': 'x'}",
        "{'a': 'x\\u1234     | {'a': 'x\\u1234'}",
        "{'a': 'x\\\\u12     | {'a': 'x\\\\u12'}",
      })
  void closesTheStringBehindItsLastWholeCharacter(String prefix, String closed) {
    assertThat(close(prefix.replace('\'', '"').getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(closed.replace('\'', '"'));
  }

  @ParameterizedTest
  @CsvSource({"é", "한", "😀"})
  void dropsHalfACharacter(String character) {
    byte[] text = ("{\"a\": \"" + character).getBytes(StandardCharsets.UTF_8);
    int before = "{\"a\": \"".length();

    assertThat(close(text)).isEqualTo("{\"a\": \"" + character + "\"}");
    for (int end = before; end < text.length; end++) {
      assertThat(close(Arrays.copyOf(text, end))).isEqualTo("{\"a\": \"\"}");
    }
  }

  private static String close(byte[] prefix) {
    return new String(TruncatedJson.close(prefix), StandardCharsets.UTF_8);
  }
}
