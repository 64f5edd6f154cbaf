package dev.coatcheck.kit.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The beginning of a JSON object (RFC 8259) that was read up to a limit, such that a parser sees
 * the value in which it ends. It may end inside of a string, and then is closed there; whatever
 * else it ends in stays incomplete, and so does an object inside of it.
 */
public final class TruncatedJson {

  /** {@code \}{@code u12} has so many bytes, and is no escape yet. */
  private static final int MAX_PARTIAL_ESCAPE = 5;

  private static final byte[] CLOSING = "\"}".getBytes(StandardCharsets.US_ASCII);

  private TruncatedJson() {}

  /** A copy of {@code prefix}, UTF-8, that ends in a whole character and is closed. */
  public static byte[] close(byte[] prefix) {
    int end = withoutPartialEscape(prefix, withoutPartialCharacter(prefix));
    byte[] closed = Arrays.copyOf(prefix, end + CLOSING.length);
    System.arraycopy(CLOSING, 0, closed, end, CLOSING.length);
    return closed;
  }

  private static int withoutPartialCharacter(byte[] text) {
    int start = text.length;
    while (start > 0 && text.length - start < 3 && isContinuation(text[start - 1])) {
      start--;
    }
    if (start == 0 || text[start - 1] >= 0) {
      return text.length;
    }
    int lead = text[start - 1] & 0xFF;
    int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    return text.length - start + 1 < length ? start - 1 : text.length;
  }

  private static boolean isContinuation(byte octet) {
    return (octet & 0xC0) == 0x80;
  }

  private static int withoutPartialEscape(byte[] text, int end) {
    for (int at = end - 1; at >= 0 && at >= end - MAX_PARTIAL_ESCAPE; at--) {
      if (text[at] == '\\') {
        boolean escaped = (at - firstOfBackslashes(text, at)) % 2 == 1;
        boolean whole = escaped || (at + 1 < end && text[at + 1] != 'u');
        return whole ? end : at;
      }
    }
    return end;
  }

  private static int firstOfBackslashes(byte[] text, int last) {
    int first = last;
    while (first > 0 && text[first - 1] == '\\') {
      first--;
    }
    return first;
  }
}
