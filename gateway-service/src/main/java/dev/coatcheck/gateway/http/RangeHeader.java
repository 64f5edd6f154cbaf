package dev.coatcheck.gateway.http;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;

/**
 * The {@code Range} of a request (RFC 9110, 14.2). Several ranges, and units that are not bytes,
 * are as good as none: the answer is the whole.
 *
 * @param offset where it begins
 * @param limit how many bytes; without an end, the most there are
 * @param suffix the last so many bytes, instead of the others; 0 for none
 */
record RangeHeader(long offset, long limit, long suffix) {

  /** The whole. */
  static final RangeHeader NONE = new RangeHeader(0, 0, 0);

  private static final Pattern BYTES = Pattern.compile("bytes\\s*=(.*)", Pattern.CASE_INSENSITIVE);
  private static final Pattern UNIT = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+\\s*=.*");
  private static final Pattern SPEC = Pattern.compile("([0-9]*)-([0-9]*)");
  private static final int EXACT_DIGITS = 18;

  /**
   * The range in {@code headers}.
   *
   * @throws ProblemException 400 if it is none; 416 for the last 0 bytes
   */
  static RangeHeader of(HttpFields headers) throws ProblemException {
    List<String> values = headers.getValuesList(HttpHeader.RANGE);
    if (values.isEmpty()) {
      return NONE;
    }
    String value = String.join(",", values).strip();
    Matcher bytes = BYTES.matcher(value);
    if (!bytes.matches()) {
      if (UNIT.matcher(value).matches()) {
        return NONE;
      }
      throw malformed();
    }
    int specs = 0;
    RangeHeader range = NONE;
    for (String element : bytes.group(1).split(",", -1)) {
      String spec = element.strip();
      if (!spec.isEmpty()) { // an empty element of a list means nothing (RFC 9110, 5.6.1.2)
        range = parse(spec);
        specs++;
      }
    }
    if (specs == 0) {
      throw malformed();
    }
    if (specs > 1) {
      return NONE;
    }
    if (range.equals(NONE)) {
      throw new ProblemException(
          Problem.of(
              HttpStatus.RANGE_NOT_SATISFIABLE_416, "RANGE_PAST_END", "Range: the last 0 bytes"));
    }
    return range;
  }

  /** True when it is not the whole. */
  boolean isPart() {
    return !equals(NONE);
  }

  /** One range; {@link #NONE} for the last 0 bytes. */
  private static RangeHeader parse(String spec) throws ProblemException {
    Matcher matcher = SPEC.matcher(spec);
    if (!matcher.matches()) {
      throw malformed();
    }
    String first = matcher.group(1);
    String last = matcher.group(2);
    if (first.isEmpty()) {
      if (last.isEmpty()) {
        throw malformed();
      }
      return new RangeHeader(0, 0, number(last));
    }
    if (last.isEmpty()) {
      return new RangeHeader(number(first), Long.MAX_VALUE, 0);
    }
    long length = number(last) - number(first);
    if (length < 0) {
      throw malformed();
    }
    return new RangeHeader(number(first), length == Long.MAX_VALUE ? length : length + 1, 0);
  }

  /** The number; one that no image reaches stands for all that are larger. */
  private static long number(String digits) {
    String significant = digits.replaceFirst("^0+(?=.)", "");
    return significant.length() > EXACT_DIGITS ? Long.MAX_VALUE : Long.parseLong(significant);
  }

  private static ProblemException malformed() {
    return new ProblemException(
        Problem.invalid(
            HttpStatus.BAD_REQUEST_400,
            "Range",
            "Range: malformed (expected: bytes=FIRST-LAST, bytes=FIRST- or bytes=-LENGTH)"));
  }
}
