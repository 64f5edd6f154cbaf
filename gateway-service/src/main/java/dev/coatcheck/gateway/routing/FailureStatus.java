package dev.coatcheck.gateway.routing;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.coatcheck.contract.StatusDetails;
import dev.coatcheck.v1.ErrorReason;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A {@link GeneratorFailure} as gRPC carries it: a status with {@link StatusDetails}. */
public final class FailureStatus {

  private FailureStatus() {}

  /** What a call's end means; {@code status} is not {@code OK}. */
  public static GeneratorFailure toFailure(Status status, @Nullable Metadata trailers) {
    Optional<Duration> retryAfter = Optional.empty();
    Optional<ErrorInfo> info = Optional.empty();
    for (Any detail : StatusDetails.details(status, trailers)) {
      try {
        if (detail.is(RetryInfo.class)) {
          retryAfter = Optional.of(StatusDetails.retryDelay(detail.unpack(RetryInfo.class)));
        } else if (detail.is(ErrorInfo.class)) {
          info =
              Optional.of(detail.unpack(ErrorInfo.class))
                  .filter(i -> i.getDomain().equals(StatusDetails.DOMAIN));
        }
      } catch (InvalidProtocolBufferException e) {
        return withoutInfo(status); // the details are damaged, so they say nothing
      }
    }
    if (info.isEmpty()) {
      return withoutInfo(status);
    }
    return new GeneratorFailure(
        reason(info.get().getReason()),
        String.valueOf(status.getDescription()),
        retryAfter,
        info.get().getMetadataMap(),
        true);
  }

  /** The same for whatever a stub throws, or a future that goes on from it. */
  public static GeneratorFailure toFailure(Throwable thrown) {
    return switch (thrown) {
      case GeneratorFailure failure -> failure;
      case CompletionException e when e.getCause() != null -> toFailure(e.getCause());
      default -> toFailure(Status.fromThrowable(thrown), Status.trailersFromThrowable(thrown));
    };
  }

  /** The status for a caller over gRPC. */
  public static StatusRuntimeException toStatus(GeneratorFailure failure) {
    return StatusDetails.of(
        code(failure.reason()),
        failure.reason(),
        failure.message(),
        failure.metadata(),
        failure.retryAfter());
  }

  private static GeneratorFailure withoutInfo(Status status) {
    String said = StatusDetails.describe(status);
    boolean silent =
        switch (status.getCode()) {
          case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED -> true;
          // gRPC's word for a connection that closed right when the call was to go out on it
          default -> status.getCause() instanceof IOException;
        };
    return silent
        ? GeneratorFailure.unavailable("the generator did not answer (" + said + ")")
        : new GeneratorFailure(
            ErrorReason.ERROR_REASON_UNSPECIFIED,
            "the generator failed (" + said + ")",
            Optional.empty(),
            Map.of(),
            false);
  }

  private static ErrorReason reason(String name) {
    try {
      return ErrorReason.valueOf(name);
    } catch (IllegalArgumentException e) {
      return ErrorReason.ERROR_REASON_UNSPECIFIED; // of a generator that is newer than this gateway
    }
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
      case FUNCTION_FAILED, NOT_AN_IMAGE, ERROR_REASON_UNSPECIFIED, UNRECOGNIZED ->
          Status.Code.INTERNAL;
      case ETAG_MISMATCH, ETAG_MATCH -> Status.Code.FAILED_PRECONDITION;
      case RANGE_PAST_END -> Status.Code.OUT_OF_RANGE;
      case FUNCTION_TIMEOUT -> Status.Code.DEADLINE_EXCEEDED;
      case SPEC_REFUSED, INVALID_REQUEST -> Status.Code.INVALID_ARGUMENT;
    };
  }
}
