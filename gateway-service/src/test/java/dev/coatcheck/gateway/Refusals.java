package dev.coatcheck.gateway;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.coatcheck.v1.ErrorReason;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Map;

/** Errors as a generator sends them. */
final class Refusals {

  private Refusals() {}

  static StatusRuntimeException of(Code code, ErrorReason reason, Map<String, String> metadata) {
    return StatusProto.toStatusRuntimeException(status(code, reason, metadata).build());
  }

  static StatusRuntimeException withRetry(Code code, ErrorReason reason, long millis) {
    var retry =
        RetryInfo.newBuilder()
            .setRetryDelay(
                Duration.newBuilder()
                    .setSeconds(millis / 1000)
                    .setNanos((int) (millis % 1000) * 1_000_000));
    return StatusProto.toStatusRuntimeException(
        status(code, reason, Map.of()).addDetails(Any.pack(retry.build())).build());
  }

  private static Status.Builder status(
      Code code, ErrorReason reason, Map<String, String> metadata) {
    return Status.newBuilder()
        .setCode(code.value())
        .setMessage("said by the generator")
        .addDetails(
            Any.pack(
                ErrorInfo.newBuilder()
                    .setReason(reason.name())
                    .setDomain("coatcheck.dev")
                    .putAllMetadata(metadata)
                    .build()));
  }
}
