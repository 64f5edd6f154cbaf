package dev.coatcheck.contract;

/** The names by which callers choose a function. */
public final class FunctionNames {

  /**
   * The longest, in characters: that of what Lambda itself takes, so that a function may be named
   * by its ARN.
   *
   * @see <a href="https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html">Invoke,
   *     FunctionName</a>
   */
  public static final int MAX_CHARACTERS = 170;

  /** What {@link #isValid} takes, for error messages. */
  public static final String EXPECTED =
      "1 to " + MAX_CHARACTERS + " characters, no control characters";

  private FunctionNames() {}

  /** True when a function can have that name. */
  public static boolean isValid(String name) {
    return !name.isEmpty()
        && UntrustedText.hasAtMost(name, MAX_CHARACTERS)
        && UntrustedText.isPrintable(name);
  }
}
