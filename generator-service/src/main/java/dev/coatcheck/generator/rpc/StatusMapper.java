package dev.coatcheck.generator.rpc;

import dev.coatcheck.contract.StatusDetails;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.image.ServiceException;
import dev.coatcheck.v1.ErrorReason;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * From a refusal to the status and the details that the contract has for it: the only such table.
 */
public final class StatusMapper {

  private StatusMapper() {}

  static StatusRuntimeException toStatus(Refusal refusal) {
    return StatusDetails.of(
        code(refusal.reason()),
        refusal.reason(),
        refusal.message(),
        refusal.metadata(),
        Optional.of(refusal.retryAfter()).filter(delay -> !delay.isZero()));
  }

  /** The status of whatever was thrown. What is no refusal is our own fault, and says so. */
  public static StatusRuntimeException toStatus(Throwable failure) {
    return switch (failure) {
      case CompletionException e when e.getCause() != null -> toStatus(e.getCause());
      case ServiceException e -> toStatus(e.refusal());
      case StatusRuntimeException e -> e;
      default ->
          Status.INTERNAL
              .withDescription("The generator failed; its log says how.")
              .withCause(failure)
              .asRuntimeException();
    };
  }

  private static Status.Code code(ErrorReason reason) {
    return switch (reason) {
      case IMAGE_NOT_FOUND,
          IMAGE_DELIVERED,
          IMAGE_EXPIRED,
          IMAGE_DELETED,
          IMAGE_LOST,
          UPLOAD_NOT_FOUND ->
          Status.Code.NOT_FOUND;
      case IMAGE_CLAIMED, ATTEMPT_SUPERSEDED, IMAGE_MOVED, TRANSFER_ABORTED -> Status.Code.ABORTED;
      case MEMORY_BUDGET_EXHAUSTED -> Status.Code.RESOURCE_EXHAUSTED;
      case GENERATOR_UNAVAILABLE, FUNCTION_THROTTLED -> Status.Code.UNAVAILABLE;
      case ETAG_MISMATCH, ETAG_MATCH -> Status.Code.FAILED_PRECONDITION;
      case RANGE_PAST_END -> Status.Code.OUT_OF_RANGE;
      case FUNCTION_TIMEOUT -> Status.Code.DEADLINE_EXCEEDED;
      case SPEC_REFUSED, INVALID_REQUEST -> Status.Code.INVALID_ARGUMENT;
      case FUNCTION_FAILED, NOT_AN_IMAGE, ERROR_REASON_UNSPECIFIED, UNRECOGNIZED ->
          Status.Code.INTERNAL;
    };
  }
}
