package dev.coatcheck.lambda.kit;

import java.io.IOException;

/** An upload that failed. The type distinguishes a refusal from a failure that may be temporary. */
public final class UploadFailure extends IOException {

  private static final long serialVersionUID = 1L;

  private final String errorType;

  private UploadFailure(String errorType, String message) {
    super(message);
    this.errorType = errorType;
  }

  /** The server refused these bytes, or this run. */
  public static UploadFailure refused(String message) {
    return new UploadFailure("UploadRefused", message);
  }

  /** All attempts failed. */
  public static UploadFailure failed(String message) {
    return new UploadFailure("UploadFailed", message);
  }

  public String errorType() {
    return errorType;
  }

  public String message() {
    return String.valueOf(getMessage());
  }
}
