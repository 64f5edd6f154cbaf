package dev.coatcheck.lambda.kit;

/** An event that the function rejects; the type names the faulty part, the spec or the envelope. */
public final class InvalidEventException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String errorType;

  private InvalidEventException(String errorType, String message) {
    super(message);
    this.errorType = errorType;
  }

  /** The spec, which is the user's, is wrong: the field, what it was, what was expected. */
  public static InvalidEventException invalidSpec(String field, Object was, String expected) {
    return new InvalidEventException(
        "InvalidSpec", field + ": " + was + " (expected: " + expected + ")");
  }

  /** The envelope around the spec, which is the generator's, is wrong. */
  public static InvalidEventException invalidEvent(String field, Object was, String expected) {
    return new InvalidEventException(
        "InvalidEvent", field + ": " + was + " (expected: " + expected + ")");
  }

  public String errorType() {
    return errorType;
  }

  public String message() {
    return String.valueOf(getMessage());
  }
}
