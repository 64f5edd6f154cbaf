package dev.coatcheck.generator.lambda;

import java.io.IOException;

/**
 * The text of a JSON string, resolved where it lies: base64 in which an encoder escaped {@code =},
 * {@code +} or {@code /} (Gson does), or broke lines (Python's {@code encodebytes} does).
 */
final class JsonText {

  private JsonText() {}

  /**
   * Resolves the escapes between two offsets and leaves out blanks and line breaks. The rest of the
   * JSON is known to be well formed.
   *
   * @return the offset at which the text ends now
   * @throws IOException if a character is not ASCII
   */
  static int compact(byte[] json, int from, int to) throws IOException {
    int end = from;
    int at = from;
    while (at < to) {
      int character = json[at++];
      if (character == '\\') {
        character = json[at++];
        if (character == 'u') {
          character = hex(json, at);
          at += 4;
        } else {
          character = unescaped(character);
        }
      }
      if (character < 0 || character > 0x7f) {
        throw new IOException("its body is no base64");
      }
      if (!isBlank(character)) {
        json[end++] = (byte) character;
      }
    }
    return end;
  }

  private static boolean isBlank(int character) {
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
  }

  private static int unescaped(int character) {
    return switch (character) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'b' -> '\b';
      case 'f' -> '\f';
      default -> character; // a quote, a backslash or a slash
    };
  }

  private static int hex(byte[] json, int at) {
    int value = 0;
    for (int i = at; i < at + 4; i++) {
      value = value << 4 | Character.digit(json[i], 16);
    }
    return value;
  }
}
