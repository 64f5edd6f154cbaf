package dev.coatcheck.contract;

/**
 * The name under which a browser saves an image: a single path segment on any system, which looks
 * like what it is.
 */
public final class Filenames {

  /** The longest, in characters: that of most file systems, where a character is a byte. */
  public static final int MAX_CHARACTERS = 255;

  /** What {@link #isValid} takes, for error messages. */
  public static final String EXPECTED =
      "1 to "
          + MAX_CHARACTERS
          + " characters, no slash or backslash, no control characters, not . or ..";

  private Filenames() {}

  /** True when it can be taken as it is. */
  public static boolean isValid(String name) {
    return !name.isEmpty()
        && UntrustedText.hasAtMost(name, MAX_CHARACTERS)
        && UntrustedText.isPrintable(name)
        && name.indexOf('/') < 0
        && name.indexOf('\\') < 0
        && !name.equals(".")
        && !name.equals("..");
  }
}
