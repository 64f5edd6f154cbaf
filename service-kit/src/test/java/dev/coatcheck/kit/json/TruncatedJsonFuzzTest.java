package dev.coatcheck.kit.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Text that is cut anywhere ends in a whole character and a whole escape, and loses no more. */
class TruncatedJsonFuzzTest {

  private static final int MALFORMED = -1;
  private static final String CLOSING = "\"}";

  /** A character of 4 bytes that is cut, or an escape of 6. */
  private static final int MAX_LOSS_BYTES = 5;

  /** The first byte says how much of the text is left. */
  @FuzzTest
  void cutTextIsClosed(byte[] input) throws CharacterCodingException {
    byte[] text = new String(input, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
    int length = input.length == 0 ? 0 : Math.max(0, text.length - (input[0] & 0x7));
    byte[] prefix = Arrays.copyOf(text, length);

    byte[] closed = TruncatedJson.close(prefix);

    String read = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(closed)).toString();
    assertThat(read).endsWith(CLOSING);
    int kept = closed.length - CLOSING.length();
    assertThat(kept).isBetween(prefix.length - 2 * MAX_LOSS_BYTES, prefix.length);
    assertThat(Arrays.equals(closed, 0, kept, prefix, 0, kept)).isTrue();
    if (endOfEscapes(new String(text, StandardCharsets.UTF_8)) != MALFORMED) {
      String left = read.substring(0, read.length() - CLOSING.length());
      assertThat(endOfEscapes(left)).isEqualTo(left.length());
    }
  }

  @FuzzTest
  void anyBytesAreClosed(byte[] prefix) {
    byte[] closed = TruncatedJson.close(prefix);

    assertThat(new String(closed, StandardCharsets.ISO_8859_1)).endsWith(CLOSING);
    assertThat(closed.length).isLessThanOrEqualTo(prefix.length + CLOSING.length());
  }

  /** Where the last escape of a string ends, which may be behind it. */
  private static int endOfEscapes(String text) {
    int at = 0;
    while (at < text.length()) {
      if (text.charAt(at) != '\\') {
        at++;
      } else if (at + 1 < text.length() && text.charAt(at + 1) == 'u') {
        String digits = text.substring(at + 2, Math.min(at + 6, text.length()));
        if (!digits.matches("[0-9a-fA-F]*")) {
          return MALFORMED;
        }
        at += 6;
      } else {
        at += 2;
      }
    }
    return at;
  }
}
