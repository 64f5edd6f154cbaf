package dev.coatcheck.gateway.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coatcheck.gateway.routing.GeneratorFailure;
import dev.coatcheck.v1.ErrorReason;
import org.eclipse.jetty.http.HttpStatus;

/** The one table that says which HTTP status each reason has. */
final class ProblemMapper {

  private ProblemMapper() {}

  static Problem toProblem(GeneratorFailure failure) {
    ErrorReason reason = failure.reason();
    ObjectNode more = JsonNodeFactory.instance.objectNode();
    failure
        .metadata()
        .forEach((key, value) -> {
          switch (key) {
            case "size_bytes" -> putNumber(more, "sizeBytes", value);
            case "sha256" -> more.put(key, value);
            case "field" -> more.put(key, fieldName(value));
            default -> {} // between gateways and generators
          }
        });
    return new Problem(status(reason), name(reason), failure.message(), failure.retryAfter(), more);
  }

  /** As {@link #toProblem}, of a part: what the generator calls its fields are headers here. */
  static Problem toPartProblem(GeneratorFailure failure) {
    Problem problem = toProblem(failure);
    String field = failure.metadata().getOrDefault("field", "");
    String header = UploadHeaders.nameOf(field);
    if (header.isEmpty()) {
      return problem;
    }
    problem.more().put("field", header);
    String detail = problem.detail();
    return new Problem(
        problem.status(),
        problem.reason(),
        detail.startsWith(field + ":") ? header + detail.substring(field.length()) : detail,
        problem.retryAfter(),
        problem.more());
  }

  private static int status(ErrorReason reason) {
    return switch (reason) {
      case IMAGE_NOT_FOUND, UPLOAD_NOT_FOUND -> HttpStatus.NOT_FOUND_404;
      case IMAGE_DELIVERED, IMAGE_EXPIRED, IMAGE_DELETED, IMAGE_LOST -> HttpStatus.GONE_410;
      case IMAGE_CLAIMED, ATTEMPT_SUPERSEDED -> HttpStatus.CONFLICT_409;
      case MEMORY_BUDGET_EXHAUSTED, GENERATOR_UNAVAILABLE, FUNCTION_THROTTLED ->
          HttpStatus.SERVICE_UNAVAILABLE_503;
      case FUNCTION_FAILED, NOT_AN_IMAGE -> HttpStatus.BAD_GATEWAY_502;
      case FUNCTION_TIMEOUT -> HttpStatus.GATEWAY_TIMEOUT_504;
      case ETAG_MISMATCH -> HttpStatus.PRECONDITION_FAILED_412;
      case RANGE_PAST_END -> HttpStatus.RANGE_NOT_SATISFIABLE_416;
      case SPEC_REFUSED, INVALID_REQUEST -> HttpStatus.UNPROCESSABLE_ENTITY_422;
      case ETAG_MATCH, IMAGE_MOVED, TRANSFER_ABORTED, ERROR_REASON_UNSPECIFIED, UNRECOGNIZED ->
          HttpStatus.BAD_GATEWAY_502; // no problem of a caller
    };
  }

  private static String name(ErrorReason reason) {
    return switch (reason) {
      case ETAG_MATCH, IMAGE_MOVED, TRANSFER_ABORTED, ERROR_REASON_UNSPECIFIED, UNRECOGNIZED ->
          Problem.INTERNAL;
      default -> reason.name();
    };
  }

  /** What a field of the contract is called over HTTP. */
  private static String fieldName(String field) {
    return switch (field) {
      case "max_bytes" -> "maxBytes";
      case "size_bytes" -> "sizeBytes";
      case "request_id" -> "Idempotency-Key";
      default -> field; // the others are one word
    };
  }

  private static void putNumber(ObjectNode json, String name, String value) {
    try {
      json.put(name, Long.parseLong(value));
    } catch (NumberFormatException e) {
      json.put(name, value); // better than nothing
    }
  }
}
