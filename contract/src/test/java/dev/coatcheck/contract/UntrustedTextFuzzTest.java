package dev.coatcheck.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Whatever the text, what is made of it is short and printable. */
class UntrustedTextFuzzTest {

  private static final int MIN_CHARACTERS = 3;

  /** The first byte says how many characters may be kept; the rest is the text, in UTF-16. */
  @FuzzTest
  void clipsToPrintableCharacters(byte[] input) {
    int maxCharacters = input.length == 0 ? MIN_CHARACTERS : MIN_CHARACTERS + (input[0] & 0xFF);
    String text = new String(input, StandardCharsets.UTF_16BE);

    requireFit(UntrustedText.clip(text, maxCharacters), maxCharacters);
    requireFit(UntrustedText.message(text), UntrustedText.MAX_MESSAGE);
    requireFit(UntrustedText.describe(new IllegalStateException(text)), UntrustedText.MAX_MESSAGE);
    requireFit(
        UntrustedText.quote(text),
        UntrustedText.MAX_QUOTED + "'' (2147483647 characters)".length());
    if (isPlain(text) && text.length() <= maxCharacters) {
      assertThat(UntrustedText.clip(text, maxCharacters)).isEqualTo(text);
    }
  }

  private static void requireFit(String clipped, int maxCharacters) {
    assertThat(clipped.codePointCount(0, clipped.length())).isLessThanOrEqualTo(maxCharacters);
    assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(clipped)).isTrue();
    assertThat(clipped.codePoints())
        .noneMatch(character ->
            Character.isISOControl(character)
                || character == 0x2028
                || character == 0x2029
                || (character >= 0x202A && character <= 0x202E)
                || (character >= 0x2066 && character <= 0x2069));
  }

  private static boolean isPlain(String text) {
    return text.chars().allMatch(character -> character >= ' ' && character <= '~');
  }
}
