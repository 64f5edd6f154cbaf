package dev.coatcheck.cli;

import org.jspecify.annotations.Nullable;

/** A verb could not be done; the message says to people what was wrong and what to do. */
final class Failure extends Exception {

  private final int exitCode;

  Failure(String message) {
    this(message, null);
  }

  Failure(String message, @Nullable Throwable cause) {
    this(ExitCodes.FAILED, message, cause);
  }

  /** A failure that scripts can tell from others. */
  Failure(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** With what the command ends. */
  int exitCode() {
    return exitCode;
  }
}
