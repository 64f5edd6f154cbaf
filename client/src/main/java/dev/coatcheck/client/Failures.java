package dev.coatcheck.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.coatcheck.client.CoatcheckException.Kind;
import dev.coatcheck.contract.IoReason;
import dev.coatcheck.contract.StatusDetails;
import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.v1.ErrorReason;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a call's status says of the failure: the only place that reads one. */
final class Failures {

  private Failures() {}

  /** The failure of a call that ended with {@code status}. */
  static CoatcheckException of(Status status, @Nullable Metadata trailers) {
    StatusRuntimeException cause = status.asRuntimeException(trailers);
    ErrorInfo info = null;
    Optional<Duration> retryAfter = Optional.empty();
    try {
      for (Any detail : StatusDetails.details(status, trailers)) {
        if (detail.is(RetryInfo.class)) {
          retryAfter = Optional.of(StatusDetails.retryDelay(detail.unpack(RetryInfo.class)));
        } else if (detail.is(ErrorInfo.class)) {
          ErrorInfo said = detail.unpack(ErrorInfo.class);
          info = said.getDomain().equals(StatusDetails.DOMAIN) ? said : info;
        }
      }
    } catch (InvalidProtocolBufferException e) {
      info = null; // damaged details say nothing
    }
    if (info == null) {
      return unsaid(status, cause);
    }
    ErrorReason reason = reason(info.getReason());
    return new CoatcheckException(
        Kind.REFUSED,
        reason,
        UntrustedText.message(String.valueOf(status.getDescription())),
        isRetryable(reason),
        retryAfter,
        info.getMetadataMap(),
        cause);
  }

  /** The same of whatever a stub has thrown. */
  static CoatcheckException of(Throwable thrown) {
    return of(Status.fromThrowable(thrown), Status.trailersFromThrowable(thrown));
  }

  /** The failure of a call about which no server of Coatcheck has said anything. */
  private static CoatcheckException unsaid(Status status, Throwable cause) {
    String said = said(status);
    return switch (status.getCode()) {
      case UNAVAILABLE, INTERNAL, UNKNOWN, CANCELLED, ABORTED, DATA_LOSS ->
          new CoatcheckException(
              Kind.UNREACHABLE,
              ErrorReason.ERROR_REASON_UNSPECIFIED,
              "the connection to the gateway broke, or there is none (" + said + ")",
              true,
              Optional.empty(),
              Map.of(),
              cause);
      case DEADLINE_EXCEEDED -> timedOut(cause);
      default ->
          new CoatcheckException(
              Kind.REFUSED,
              ErrorReason.ERROR_REASON_UNSPECIFIED,
              "what answers is no gateway of Coatcheck, or another version (" + said + ")",
              false,
              Optional.empty(),
              Map.of(),
              cause);
    };
  }

  /** What gRPC says, without the parts that are for its own authors. */
  private static String said(Status status) {
    if (status.getCause() instanceof IOException broken) {
      return status.getCode() + ": " + IoReason.of(broken);
    }
    String description = status.getDescription();
    return StatusDetails.describe(
        description == null
            ? status
            : status.withDescription(description.lines().findFirst().orElse("")));
  }

  static CoatcheckException broken(String message) {
    return plain(Kind.UNREACHABLE, message, true, null);
  }

  static CoatcheckException timedOut(@Nullable Throwable cause) {
    return plain(Kind.TIMED_OUT, "the deadline has passed", true, cause);
  }

  static CoatcheckException cancelled() {
    return plain(Kind.CANCELLED, "the pickup was cancelled", true, null);
  }

  static CoatcheckException corrupt(String message, boolean retryable) {
    return plain(Kind.CORRUPT, message, retryable, null);
  }

  private static CoatcheckException plain(
      Kind kind, String message, boolean retryable, @Nullable Throwable cause) {
    return new CoatcheckException(
        kind,
        ErrorReason.ERROR_REASON_UNSPECIFIED,
        message,
        retryable,
        Optional.empty(),
        Map.of(),
        cause);
  }

  private static ErrorReason reason(String name) {
    try {
      return ErrorReason.valueOf(name);
    } catch (IllegalArgumentException e) {
      return ErrorReason.ERROR_REASON_UNSPECIFIED; // of a fleet that is newer than this client
    }
  }

  private static boolean isRetryable(ErrorReason reason) {
    return switch (reason) {
      case IMAGE_CLAIMED,
          IMAGE_MOVED,
          MEMORY_BUDGET_EXHAUSTED,
          GENERATOR_UNAVAILABLE,
          FUNCTION_THROTTLED ->
          true;
      case ERROR_REASON_UNSPECIFIED,
          IMAGE_NOT_FOUND,
          IMAGE_DELIVERED,
          IMAGE_EXPIRED,
          IMAGE_DELETED,
          IMAGE_LOST,
          FUNCTION_FAILED,
          FUNCTION_TIMEOUT,
          NOT_AN_IMAGE,
          SPEC_REFUSED,
          INVALID_REQUEST,
          UPLOAD_NOT_FOUND,
          ATTEMPT_SUPERSEDED,
          TRANSFER_ABORTED,
          ETAG_MISMATCH,
          ETAG_MATCH,
          RANGE_PAST_END,
          UNRECOGNIZED ->
          false;
    };
  }
}
