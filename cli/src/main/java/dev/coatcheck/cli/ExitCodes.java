package dev.coatcheck.cli;

/**
 * How the command ends. Scripts rely on these; {@code --help} and docs/reference/cli.md list them.
 */
final class ExitCodes {

  /** It was done. */
  static final int DONE = 0;

  /** It could not be done. */
  static final int FAILED = 1;

  /** It was asked for wrongly. */
  static final int ASKED_WRONGLY = 2;

  /** There is no such image, or none any more. */
  static final int GONE = 3;

  /** The function failed. */
  static final int FUNCTION_FAILED = 4;

  /** Not now: the same may work later. */
  static final int NOT_NOW = 5;

  /** Other bytes have come than were sent. */
  static final int CORRUPT = 6;

  private ExitCodes() {}
}
