package dev.coatcheck.lambda.map;

import java.io.IOException;

/** A push that came to nothing. The type says whether it could have gone better another time. */
final class UploadFailure extends IOException {

  private static final long serialVersionUID = 1L;

  private final String errorType;

  private UploadFailure(String errorType, String message) {
    super(message);
    this.errorType = errorType;
  }

  /** It was told that these bytes, or this run, are not wanted. */
  static UploadFailure refused(String message) {
    return new UploadFailure("UploadRefused", message);
  }

  /** It could not be delivered. */
  static UploadFailure failed(String message) {
    return new UploadFailure("UploadFailed", message);
  }

  String errorType() {
    return errorType;
  }

  String message() {
    return String.valueOf(getMessage());
  }
}
