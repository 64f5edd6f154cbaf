package dev.coatcheck.contract;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.coatcheck.v1.ErrorReason;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An error as gRPC carries it: a status, and in its details {@code google.rpc.ErrorInfo} (domain
 * {@value #DOMAIN}) and, where trying again makes sense, {@code google.rpc.RetryInfo}.
 *
 * <p>Both stand in the trailers, the message twice, of which a gRPC client takes 8 KiB by default
 * and breaks the stream, or the whole connection, over more. So whatever goes in here is clipped to
 * fit: a character takes 12 bytes in {@code grpc-message} at most, and six in base64.
 *
 * @see <a href="https://cloud.google.com/apis/design/errors">API design guide, errors</a>
 * @see <a href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md">gRPC over HTTP/2,
 *     percent-encoded messages</a>
 */
public final class StatusDetails {

  /** The domain of every reason of ours. */
  public static final String DOMAIN = "coatcheck.dev";

  private static final int MAX_METADATA_ENTRIES = 4;
  private static final Pattern METADATA_KEY = Pattern.compile("[a-z0-9_]{1,32}");

  /** Room for a generator's address, the longest value that a program reads. */
  private static final int MAX_METADATA_BYTES = 256;

  private static final long MAX_RETRY_SECONDS = Duration.ofDays(1).toSeconds();

  private StatusDetails() {}

  /**
   * The error.
   *
   * @param reason {@code ERROR_REASON_UNSPECIFIED} for none, and no {@code ErrorInfo}
   * @param message what happened, for people
   * @param metadata what the caller's program may want to know
   */
  public static StatusRuntimeException of(
      Status.Code code,
      ErrorReason reason,
      String message,
      Map<String, String> metadata,
      Optional<Duration> retryAfter) {
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder()
            .setCode(code.value())
            .setMessage(UntrustedText.message(message));
    if (reason != ErrorReason.ERROR_REASON_UNSPECIFIED) {
      ErrorInfo.Builder info = ErrorInfo.newBuilder().setReason(reason.name()).setDomain(DOMAIN);
      metadata.entrySet().stream()
          .filter(entry -> METADATA_KEY.matcher(entry.getKey()).matches())
          .limit(MAX_METADATA_ENTRIES)
          .forEach(entry -> info.putMetadata(entry.getKey(), value(entry.getValue())));
      status.addDetails(Any.pack(info.build()));
    }
    retryAfter.ifPresent(delay ->
        status.addDetails(
            Any.pack(
                RetryInfo.newBuilder()
                    .setRetryDelay(
                        com.google.protobuf.Duration.newBuilder()
                            .setSeconds(delay.getSeconds())
                            .setNanos(delay.getNano()))
                    .build())));
    return StatusProto.toStatusRuntimeException(status.build());
  }

  /** The details that came with {@code status}; none if they are damaged, or another status's. */
  public static List<Any> details(Status status, @Nullable Metadata trailers) {
    try {
      return StatusProto.fromStatusAndTrailers(status, trailers).getDetailsList();
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }

  /** How long to wait, as {@code info} says: not below 0, and a day at most. */
  public static Duration retryDelay(RetryInfo info) {
    var said = info.getRetryDelay();
    if (said.getSeconds() < 0 || said.getNanos() < 0) {
      return Duration.ZERO;
    }
    return Duration.ofSeconds(Math.min(said.getSeconds(), MAX_RETRY_SECONDS), said.getNanos());
  }

  /** A status as a log line shows it: its code, and its description, if it has one. */
  public static String describe(Status status) {
    String description = status.getDescription();
    return description == null
        ? status.getCode().toString()
        : status.getCode() + ": " + UntrustedText.message(description);
  }

  private static String value(String value) {
    boolean ascii = value.chars().allMatch(c -> c >= 0x20 && c < 0x7F);
    return UntrustedText.clip(value, ascii ? MAX_METADATA_BYTES : MAX_METADATA_BYTES / 4);
  }
}
