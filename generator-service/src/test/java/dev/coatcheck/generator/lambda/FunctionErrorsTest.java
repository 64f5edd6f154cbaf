package dev.coatcheck.generator.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.v1.ErrorReason;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionErrorsTest {

  private static ErrorReason reason(String json) {
    byte[] details = json.getBytes(StandardCharsets.UTF_8);
    return FunctionErrors.ofFunction(FunctionError.of("Unhandled", details)).reason();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "InvalidSpec",
        "com.acme.InvalidSpec",
        "com.acme.Handler$InvalidSpec",
        "Function<InvalidSpec>",
        "Function<Maps::InvalidSpec>"
      })
  void specIsRefusedInAnyRuntimesWords(String type) {
    assertThat(reason("{\"errorType\": \"%s\", \"errorMessage\": \"too wide\"}".formatted(type)))
        .isEqualTo(ErrorReason.SPEC_REFUSED);
  }

  @ParameterizedTest
  @CsvSource({
    "NotInvalidSpec, FUNCTION_FAILED",
    "InvalidSpecification, FUNCTION_FAILED",
    "com.acme.InvalidSpec.Other, FUNCTION_FAILED",
    "Sandbox.Timedout, FUNCTION_TIMEOUT"
  })
  void otherTypesAreOtherErrors(String type, ErrorReason reason) {
    assertThat(reason("{\"errorType\": \"%s\", \"errorMessage\": \"x\"}".formatted(type)))
        .isEqualTo(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-01T00:00:00.000Z 0a8f-11 Task timed out after 3.00 seconds, FUNCTION_TIMEOUT",
    "RequestId: 0a8f-11 Error: Task timed out after 3.00 seconds, FUNCTION_TIMEOUT",
    "no Task timed out after 3.00 seconds of work, FUNCTION_FAILED"
  })
  void timeoutIsKnownByLambdasWordsWhereThereIsNoType(String message, ErrorReason reason) {
    assertThat(reason("{\"errorMessage\": \"%s\"}".formatted(message))).isEqualTo(reason);
  }
}
