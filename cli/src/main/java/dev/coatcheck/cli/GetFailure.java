package dev.coatcheck.cli;

import dev.coatcheck.client.CoatcheckException;
import dev.coatcheck.v1.ErrorReason;

/** What {@code get} says of a failure: with what it ends, and what a person can do. */
final class GetFailure {

  private GetFailure() {}

  /** The one table that says with what {@code get} ends. */
  static int exitCode(CoatcheckException why) {
    return switch (why.kind()) {
      case UNREACHABLE, TIMED_OUT, CANCELLED -> ExitCodes.TEMPORARY_FAILURE;
      case CORRUPT -> ExitCodes.CORRUPT;
      case REFUSED -> exitCode(why.reason());
    };
  }

  private static int exitCode(ErrorReason reason) {
    return switch (reason) {
      case IMAGE_NOT_FOUND, IMAGE_DELIVERED, IMAGE_EXPIRED, IMAGE_DELETED, IMAGE_LOST ->
          ExitCodes.GONE;
      case FUNCTION_FAILED, FUNCTION_TIMEOUT, NOT_AN_IMAGE -> ExitCodes.FUNCTION_FAILED;
      case IMAGE_CLAIMED,
          IMAGE_MOVED,
          MEMORY_BUDGET_EXHAUSTED,
          GENERATOR_UNAVAILABLE,
          FUNCTION_THROTTLED ->
          ExitCodes.TEMPORARY_FAILURE;
      case SPEC_REFUSED, INVALID_REQUEST -> ExitCodes.USAGE;
      case ERROR_REASON_UNSPECIFIED,
          UPLOAD_NOT_FOUND,
          ATTEMPT_SUPERSEDED,
          TRANSFER_ABORTED,
          ETAG_MISMATCH,
          ETAG_MATCH,
          RANGE_PAST_END,
          UNRECOGNIZED ->
          ExitCodes.FAILED;
    };
  }

  /** What went wrong, in a sentence. */
  static String message(CoatcheckException why) {
    return switch (why.reason()) {
      case IMAGE_NOT_FOUND -> "there is no image of this key, or it ended long ago";
      case IMAGE_DELIVERED -> "the image was picked up before; it is handed over once";
      case IMAGE_EXPIRED -> "nobody picked the image up in time; ask for a new one";
      case IMAGE_DELETED -> "the image was deleted; ask for a new one";
      case IMAGE_LOST -> "the generator that held the image has ended; ask for a new one";
      case IMAGE_CLAIMED -> "somebody else is picking the image up now";
      case MEMORY_BUDGET_EXHAUSTED -> "no generator has room for an image now; try again later";
      case FUNCTION_THROTTLED ->
          "too many functions run at once, or Lambda is not ready to run this one; try again later";
      default -> why.getMessage();
    };
  }
}
