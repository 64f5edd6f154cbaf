package dev.coatcheck.contract;

import java.util.regex.Pattern;

/** The id by which a create that is sent again is the same create. */
public final class RequestId {

  /** The longest, in characters. */
  public static final int MAX_CHARACTERS = 128;

  /** What {@link #isValid} takes, for error messages. */
  public static final String EXPECTED =
      "1 to " + MAX_CHARACTERS + " printable ASCII characters without blanks";

  private static final Pattern FORM = Pattern.compile("[!-~]{1," + MAX_CHARACTERS + "}");

  private RequestId() {}

  /** True when it can be taken. */
  public static boolean isValid(String id) {
    return FORM.matcher(id).matches();
  }
}
