package dev.coatcheck.contract;

/**
 * Text from outside, made fit for a status, a trailer, a log line, a JSON member or an exception
 * message: a bounded number of characters, each of them printable. A character is a code point, and
 * none is cut in half.
 *
 * <p>It is applied once, where the text comes in: to a value that is quoted back ({@link #quote}),
 * to a whole error message ({@link #message}), to a failure of a library ({@link #describe}).
 */
public final class UntrustedText {

  /** The longest error message, in characters: see {@link StatusDetails} for what it has to fit. */
  public static final int MAX_MESSAGE = 320;

  /** How much of a value is quoted back, in characters. */
  public static final int MAX_QUOTED = 64;

  private static final int MAX_CAUSES = 16;
  private static final String ELLIPSIS = "...";
  private static final int REPLACEMENT = 0xFFFD;

  private UntrustedText() {}

  /** An error message of at most {@link #MAX_MESSAGE} characters. */
  public static String message(String text) {
    return clip(text, MAX_MESSAGE);
  }

  /**
   * At most {@code maxCharacters} of {@code text}, which end in {@code ...} if that is not all of
   * it. A line break or a tab becomes a blank, and any other character that is not {@linkplain
   * #isPrintable printable} becomes U+FFFD.
   */
  public static String clip(String text, int maxCharacters) {
    boolean whole = hasAtMost(text, maxCharacters);
    if (whole && isPrintable(text)) {
      return text;
    }
    int kept = whole ? maxCharacters : maxCharacters - ELLIPSIS.length();
    StringBuilder clipped = new StringBuilder(Math.min(text.length(), 2 * maxCharacters));
    text.codePoints().limit(kept).map(UntrustedText::printable).forEach(clipped::appendCodePoint);
    return whole ? clipped.toString() : clipped.append(ELLIPSIS).toString();
  }

  /**
   * A value as an error message shows it: {@code 'value'}; or, of one that is longer than {@link
   * #MAX_QUOTED} characters, its beginning and its length, {@code 'beginning...' (20000
   * characters)}.
   */
  public static String quote(String value) {
    String quoted = "'" + clip(value, MAX_QUOTED) + "'";
    return hasAtMost(value, MAX_QUOTED)
        ? quoted
        : quoted + " (" + value.codePointCount(0, value.length()) + " characters)";
  }

  /** A failure and what caused it, without stack traces: {@code Type: message; Cause: message}. */
  public static String describe(Throwable failure) {
    StringBuilder text = new StringBuilder();
    Throwable cause = failure;
    for (int n = 0; cause != null && n < MAX_CAUSES; n++) { // they may be a circle
      text.append(text.length() == 0 ? "" : "; ").append(cause.getClass().getSimpleName());
      if (cause.getMessage() != null) {
        text.append(": ").append(clip(cause.getMessage(), MAX_MESSAGE));
      }
      cause = cause.getCause();
    }
    return message(text.toString());
  }

  /** True when {@code text} has no more characters than that. */
  public static boolean hasAtMost(String text, int maxCharacters) {
    return text.length() <= maxCharacters
        || (text.length() <= 2L * maxCharacters
            && text.codePointCount(0, text.length()) <= maxCharacters);
  }

  /**
   * True when {@code text} has no control characters (the C1 ones and U+0085 included), no line or
   * paragraph separators, no bidirectional embeddings, overrides or isolates, which make text look
   * like another one, and no half of a surrogate pair.
   *
   * @see <a href="https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing">UTR 36,
   *     bidirectional text spoofing</a>
   */
  public static boolean isPrintable(String text) {
    return text.codePoints().allMatch(UntrustedText::isPrintable);
  }

  private static boolean isPrintable(int character) {
    boolean bidirectionalControl =
        (character >= 0x202A && character <= 0x202E)
            || (character >= 0x2066 && character <= 0x2069);
    return !bidirectionalControl
        && switch (Character.getType(character)) {
          case Character.CONTROL,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR,
              Character.SURROGATE ->
              false;
          default -> true;
        };
  }

  private static int printable(int character) {
    if (character == '\n' || character == '\r' || character == '\t') {
      return ' ';
    }
    return isPrintable(character) ? character : REPLACEMENT;
  }
}
