package dev.coatcheck.cli;

/** A verb could not be done; the message says to people what was wrong and what to do. */
final class Failure extends Exception {

  Failure(String message) {
    super(message);
  }

  Failure(String message, Throwable cause) {
    super(message, cause);
  }
}
