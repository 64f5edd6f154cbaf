package dev.coatcheck.lambda.map;

/** An event that this function does not take; the type tells the caller whose fault it is. */
final class Refusal extends Exception {

  private static final long serialVersionUID = 1L;

  private final String errorType;

  private Refusal(String errorType, String message) {
    super(message);
    this.errorType = errorType;
  }

  /** The spec, which is the user's, is wrong: the field, what it was, what was expected. */
  static Refusal invalidSpec(String field, Object was, String expected) {
    return new Refusal("InvalidSpec", field + ": " + was + " (expected: " + expected + ")");
  }

  /** What is around the spec, which is the generator's, is wrong. */
  static Refusal invalidEvent(String field, Object was, String expected) {
    return new Refusal("InvalidEvent", field + ": " + was + " (expected: " + expected + ")");
  }

  String errorType() {
    return errorType;
  }

  String message() {
    return String.valueOf(getMessage());
  }
}
