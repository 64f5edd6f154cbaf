package dev.coatcheck.gateway.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;

/**
 * The header {@code Idempotency-Key}: a create that is sent again with the same key is the same
 * create.
 *
 * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/">The
 *     Idempotency-Key HTTP Header Field</a>
 */
final class IdempotencyKey {

  private static final String NAME = "Idempotency-Key";
  private static final Pattern VALUE = Pattern.compile("\"([!#-\\[\\]-~]{1,128})\"|([!-~]{1,128})");

  private IdempotencyKey() {}

  /**
   * The key in {@code headers}, with or without the quotes of a structured field; empty for none.
   *
   * @throws RequestRefused if it is none that can be taken
   */
  static String of(HttpFields headers) throws RequestRefused {
    String value = headers.get(NAME);
    if (value == null) {
      return "";
    }
    Matcher matcher = VALUE.matcher(value.strip());
    if (!matcher.matches()) {
      throw new RequestRefused(
          Problem.invalid(
              HttpStatus.UNPROCESSABLE_ENTITY_422,
              NAME,
              NAME + ": (expected: 1 to 128 printable ASCII characters without blanks)"));
    }
    return matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
  }
}
