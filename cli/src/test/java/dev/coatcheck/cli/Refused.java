package dev.coatcheck.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.coatcheck.v1.ErrorReason;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;

/**
 * What a caller is told instead of what was asked for, in the same form for both protocols.
 *
 * @param status {@code 422}, or {@code INVALID_ARGUMENT}
 * @param reason the stable word; empty if there is none
 * @param field what is wrong; empty if it is no field
 */
record Refused(String status, String reason, String field) {

  /** By the problem in {@code answer}. */
  static Refused of(HttpResponse<?> answer, byte[] body) {
    String type = answer.headers().firstValue("Content-Type").orElse("none");
    if (!type.equals("application/problem+json")) {
      return new Refused(answer.statusCode() + " with Content-Type " + type, "", "");
    }
    try {
      JsonNode problem = ImageClient.json(body);
      String status = problem.path("status").asText();
      return new Refused(
          status.equals("" + answer.statusCode()) ? status : status + " in " + answer.statusCode(),
          problem.path("reason").asText(),
          problem.path("field").asText());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By the status of a call, and the {@code ErrorInfo} in it. */
  static Refused of(StatusRuntimeException e) {
    String code = e.getStatus().getCode().name();
    Status status = StatusProto.fromThrowable(e);
    if (status != null) {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          ErrorInfo info = unpacked(detail);
          return new Refused(code, info.getReason(), info.getMetadataOrDefault("field", ""));
        }
      }
    }
    return new Refused(code, "", "");
  }

  private static ErrorInfo unpacked(Any detail) {
    try {
      return detail.unpack(ErrorInfo.class);
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the contract has for a function's failure over HTTP. */
  static Refused overHttp(ErrorReason reason) {
    return new Refused(
        switch (reason) {
          case FUNCTION_FAILED, NOT_AN_IMAGE -> "502";
          case FUNCTION_THROTTLED -> "503";
          case FUNCTION_TIMEOUT -> "504";
          case SPEC_REFUSED -> "422";
          default -> throw new IllegalArgumentException(reason + ": no failure of a function");
        },
        reason.name(),
        "");
  }

  /** What the contract has for a function's failure over gRPC. */
  static Refused overGrpc(ErrorReason reason) {
    return new Refused(
        switch (reason) {
          case FUNCTION_FAILED, NOT_AN_IMAGE -> "INTERNAL";
          case FUNCTION_THROTTLED -> "UNAVAILABLE";
          case FUNCTION_TIMEOUT -> "DEADLINE_EXCEEDED";
          case SPEC_REFUSED -> "INVALID_ARGUMENT";
          default -> throw new IllegalArgumentException(reason + ": no failure of a function");
        },
        reason.name(),
        "");
  }
}
