package dev.coatcheck.cli;

/**
 * How the command ends. Scripts rely on these; {@code --help} and docs/reference/cli.md list them.
 */
final class ExitCodes {

  /** Success. */
  static final int OK = 0;

  /** A failure that has no code of its own. */
  static final int FAILED = 1;

  /** A usage error. */
  static final int USAGE = 2;

  /** The image does not exist, or no longer. */
  static final int GONE = 3;

  /** The function failed. */
  static final int FUNCTION_FAILED = 4;

  /** A temporary failure: a retry may succeed. */
  static final int TEMPORARY_FAILURE = 5;

  /** The received bytes differ from the sent ones. */
  static final int CORRUPT = 6;

  private ExitCodes() {}
}
