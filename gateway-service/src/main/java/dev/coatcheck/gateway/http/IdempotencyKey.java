package dev.coatcheck.gateway.http;

import dev.coatcheck.contract.RequestId;
import java.util.List;
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
  private static final Pattern QUOTED = Pattern.compile("\"([!#-\\[\\]-~]+)\"");

  private IdempotencyKey() {}

  /**
   * The key in {@code headers}, with or without the quotes of a structured field; empty for none.
   *
   * @throws ProblemException if it is none that can be taken
   */
  static String of(HttpFields headers) throws ProblemException {
    List<String> lines =
        headers.getValuesList(NAME).stream().map(String::strip).distinct().toList();
    if (lines.isEmpty()) {
      return "";
    }
    if (lines.size() > 1) {
      throw new ProblemException(
          Problem.invalid(
              HttpStatus.BAD_REQUEST_400, NAME, NAME + ": more than one (expected: one key)"));
    }
    String stripped = lines.getFirst();
    Matcher quoted = QUOTED.matcher(stripped);
    String key = quoted.matches() ? quoted.group(1) : stripped;
    if (!RequestId.isValid(key)) {
      throw SpecReader.refused(NAME, key, RequestId.EXPECTED);
    }
    return key;
  }
}
