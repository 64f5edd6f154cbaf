package dev.coatcheck.generator;

import static dev.coatcheck.generator.GeneratorFixture.request;
import static dev.coatcheck.generator.GeneratorFixture.retryOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.CreateImageRequest.Transfer;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.Image;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Lambda, or whatever stands before it, answers; and how often it is called for it. */
@Timeout(120)
class LambdaAnswersTest {

  private static final List<Transfer> TRANSFERS =
      List.of(Transfer.BUFFERED, Transfer.RESPONSE_STREAM, Transfer.CALLBACK);

  @TempDir Path directory;

  /** The table of docs/deploying-the-function.md. */
  @ParameterizedTest
  @CsvSource({
    "429, TooManyRequestsException,    2, FUNCTION_THROTTLED, Lambda runs as many of these functions as it may.",
    "400, ThrottlingException,         2, FUNCTION_THROTTLED, Lambda runs as many of these functions as it may.",
    "502, EC2ThrottledException,       2, FUNCTION_THROTTLED, Lambda runs as many of these functions as it may.",
    "409, ResourceConflictException,   2, FUNCTION_THROTTLED, Lambda is not ready to run this function yet: ResourceConflictException.",
    "409, SnapStartNotReadyException,  2, FUNCTION_THROTTLED, Lambda is not ready to run this function yet: SnapStartNotReadyException.",
    "502, ResourceNotReadyException,   2, FUNCTION_THROTTLED, Lambda is not ready to run this function yet: ResourceNotReadyException.",
    "500, ServiceException,            2, FUNCTION_FAILED,    Lambda refused the call: ServiceException.",
    "403, AccessDeniedException,       1, FUNCTION_FAILED,    Lambda refused the call: AccessDeniedException.",
    "404, ResourceNotFoundException,   1, FUNCTION_FAILED,    Lambda refused the call: ResourceNotFoundException.",
    "413, RequestTooLargeException,    1, FUNCTION_FAILED,    Lambda refused the call: RequestTooLargeException.",
  })
  void errorOfLambda(int status, String type, int calls, ErrorReason reason, String message)
      throws Exception {
    for (Transfer transfer : TRANSFERS) {
      try (FailingLambda lambda = FailingLambda.ofCalls(status, type, "of account 123456789012");
          GeneratorFixture generator = GeneratorFixture.start(directory(), lambda.url())) {
        StatusRuntimeException told = failureOf(generator, transfer, reason);

        assertThat(told.getStatus().getDescription()).as("%s", transfer).isEqualTo(message);
        assertThat(lambda.calls()).as("%s", transfer).isEqualTo(calls);
        generator.awaitPoolFull();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "500, text/html, <html>Internal Server Error</html>",
    "503, text/html, <html>Service Unavailable</html>",
    "503, application/json, 'null'",
    "502, text/plain, ''",
  })
  void errorOfAGatewayIsTriedAgainAndHasNoNull(int status, String contentType, String body)
      throws Exception {
    for (Transfer transfer : TRANSFERS) {
      try (FailingLambda lambda = FailingLambda.ofGateways(status, contentType, body);
          GeneratorFixture generator = GeneratorFixture.start(directory(), lambda.url())) {
        StatusRuntimeException told = failureOf(generator, transfer, ErrorReason.FUNCTION_FAILED);

        assertThat(told.getStatus().getDescription())
            .as("%s", transfer)
            .isEqualTo("Lambda refused the call: HTTP status " + status + ".");
        assertThat(lambda.calls()).as("%s", transfer).isEqualTo(2);
        generator.awaitPoolFull();
      }
    }
  }

  /** A call has two attempts, and each could meet a connection that Lambda has closed. */
  @Test
  void connectionsThatLambdaHasClosedAreNotUsed() throws Exception {
    byte[] image = GeneratorFixture.png(1000);
    try (IdleLambda lambda = IdleLambda.start(4, image);
        GeneratorFixture generator = GeneratorFixture.start(directory(), lambda.url())) {
      List<String> names = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        var create = waiting(Transfer.BUFFERED).toBuilder().clearWait().build();
        names.add(generator.images.createImage(create).getName());
      }
      for (String name : names) {
        assertThat(GeneratorFixture.bytesOf(generator.download(name))).isEqualTo(image);
      }
      assertThat(lambda.connections()).isEqualTo(4);
      await().until(() -> generator.server.functionCalls() == 0);
      lambda.closeIdle();

      Image made = generator.images.createImage(waiting(Transfer.BUFFERED));
      assertThat(GeneratorFixture.bytesOf(generator.download(made.getName()))).isEqualTo(image);
      assertThat(lambda.connections()).isEqualTo(5);
      generator.awaitPoolFull();
    }
  }

  @Test
  void whoIsThrottledIsToldWhenToComeAgain() throws Exception {
    try (FailingLambda lambda = FailingLambda.ofCalls(409, "ResourceConflictException", "Pending");
        GeneratorFixture generator = GeneratorFixture.start(directory(), lambda.url())) {
      assertThat(
              retryOf(
                      () -> {
                        var _ = generator.images.createImage(waiting(Transfer.BUFFERED));
                      })
                  .getRetryDelay()
                  .getSeconds())
          .isPositive();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "not base64!",
    "A",
    "=AAA",
    "'AAAA=BBB'",
  })
  void bodyThatIsNoBase64FailsAtOnce(String body) throws Exception {
    try (FailingLambda lambda =
            FailingLambda.ofAnswers(
                "{\"isBase64Encoded\": true, \"body\": \"%s\"}".formatted(body));
        GeneratorFixture generator = GeneratorFixture.start(directory(), lambda.url())) {
      StatusRuntimeException told =
          failureOf(generator, Transfer.BUFFERED, ErrorReason.FUNCTION_FAILED);

      assertThat(told.getStatus().getDescription()).contains("its body is no base64");
      assertThat(lambda.calls()).isEqualTo(1);
      generator.awaitPoolFull();
    }
  }

  @Test
  void longAnswerIsCutWhileItIsRead() throws Exception {
    try (FailingLambda lambda = FailingLambda.ofLongAnswers(1L << 40);
        GeneratorFixture generator = GeneratorFixture.start(directory(), lambda.url())) {
      StatusRuntimeException told =
          failureOf(generator, Transfer.BUFFERED, ErrorReason.FUNCTION_FAILED);

      assertThat(told.getStatus().getDescription())
          .isEqualTo("The function's answer is larger than the 6 MB that Lambda lets one be.");
      assertThat(lambda.calls()).isEqualTo(1);
      await().until(() -> generator.server.functionCalls() == 0);
      assertThat(lambda.sentBytes()).isLessThan(24 << 20); // with what is in sockets' buffers
      generator.awaitPoolFull();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'{\"errorType\": {\"name\": \"Odd\"}, \"errorMessage\": \"broke\"}', Unhandled: broke",
    "'{\"errorType\": [\"Odd\"], \"errorMessage\": 7}', Unhandled: 7",
    "'{\"errorType\": null, \"errorMessage\": \"broke\"}', Unhandled: broke",
  })
  void errorTypeThatIsNoText(String error, String message) throws Exception {
    for (Transfer transfer : TRANSFERS) {
      try (FailingLambda lambda = FailingLambda.ofFunctions(error);
          GeneratorFixture generator = GeneratorFixture.start(directory(), lambda.url())) {
        assertThat(
                failureOf(generator, transfer, ErrorReason.FUNCTION_FAILED)
                    .getStatus()
                    .getDescription())
            .as("%s", transfer)
            .isEqualTo(message);
        generator.awaitPoolFull();
      }
    }
  }

  private Path directory() throws Exception {
    return Files.createTempDirectory(directory, "generator");
  }

  private static CreateImageRequest waiting(Transfer transfer) {
    return request().setTransfer(transfer).setWait(Duration.newBuilder().setSeconds(30)).build();
  }

  private static StatusRuntimeException failureOf(
      GeneratorFixture generator, Transfer transfer, ErrorReason reason) {
    StatusRuntimeException thrown =
        Assertions.catchThrowableOfType(
            StatusRuntimeException.class,
            () -> {
              var _ = generator.images.createImage(waiting(transfer));
            });
    assertThat(thrown).as("%s", transfer).isNotNull();
    assertThat(
            GeneratorFixture.reasonOf(() -> {
              throw thrown;
            }))
        .as("%s: %s", transfer, thrown.getMessage())
        .isEqualTo(reason);
    return thrown;
  }
}
