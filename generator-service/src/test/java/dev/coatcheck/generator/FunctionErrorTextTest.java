package dev.coatcheck.generator;

import static dev.coatcheck.generator.GeneratorFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.CreateImageRequest.Transfer;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.GetImageRequest;
import dev.coatcheck.v1.Image;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What callers are told of a function's failure, and of AWS's. */
@Timeout(120)
class FunctionErrorTextTest {

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(names = {"BUFFERED", "RESPONSE_STREAM", "CALLBACK"})
  void longMessageIsToldByItsBeginning(Transfer transfer) throws Exception {
    String error =
        "{\"errorMessage\": \"%s\", \"errorType\": \"TooMuch\"}".formatted("m".repeat(5_800_000));
    try (FailingLambda lambda = FailingLambda.ofFunctions(error);
        GeneratorFixture generator = GeneratorFixture.start(directory, lambda.url())) {
      assertThat(messageOf(generator, transfer, ErrorReason.FUNCTION_FAILED))
          .startsWith("Unhandled: mmmmmmmmmm")
          .hasSize(UntrustedText.MAX_MESSAGE);
      assertThat(lambda.calls()).as("a function that fails by itself").isEqualTo(1);
      generator.awaitPoolFull();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BUFFERED", "RESPONSE_STREAM", "CALLBACK"})
  void stackTraceIsNotTold(Transfer transfer) throws Exception {
    String error =
        "{\"errorType\": \"InvalidSpec\", \"errorMessage\": \"width: 0\\r\\n\\u001b[2J\","
            + " \"stackTrace\": [\"%s\"]}".formatted("at secret.Place ".repeat(300_000));
    try (FailingLambda lambda = FailingLambda.ofFunctions(error);
        GeneratorFixture generator = GeneratorFixture.start(directory, lambda.url())) {
      assertThat(messageOf(generator, transfer, ErrorReason.SPEC_REFUSED))
          .isEqualTo("width: 0  \ufffd[2J");
      generator.awaitPoolFull();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "BUFFERED,        403, AccessDeniedException,  Lambda refused the call: AccessDeniedException.",
    "RESPONSE_STREAM, 403, AccessDeniedException,  Lambda refused the call: AccessDeniedException.",
    "CALLBACK,        404, ResourceNotFoundException, Lambda refused the call: ResourceNotFoundException.",
    "RESPONSE_STREAM, 404, ResourceNotFoundException, Lambda refused the call: ResourceNotFoundException.",
  })
  void whatAwsSaysOfAccountsAndRolesIsNotTold(
      Transfer transfer, int status, String type, String told) throws Exception {
    String message =
        "User: arn:aws:sts::123456789012:assumed-role/fleet/i-0 is not authorized to perform:"
            + " lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:map";
    try (FailingLambda lambda = FailingLambda.ofCalls(status, type, message);
        GeneratorFixture generator = GeneratorFixture.start(directory, lambda.url())) {
      assertThat(messageOf(generator, transfer, ErrorReason.FUNCTION_FAILED)).isEqualTo(told);
      generator.awaitPoolFull();
    }
  }

  /** The message of a create that waits, which is that of the image as well. */
  private static String messageOf(
      GeneratorFixture generator, Transfer transfer, ErrorReason reason) {
    CreateImageRequest.Builder create = request().setTransfer(transfer).setRequestId("a");
    Image image = generator.images.createImage(create.build());
    StatusRuntimeException thrown =
        Assertions.catchThrowableOfType(
            StatusRuntimeException.class,
            () -> {
              var _ =
                  generator.images.createImage(
                      create.setWait(Duration.newBuilder().setSeconds(30)).build());
            });
    String told = String.valueOf(thrown.getStatus().getDescription());
    Image failed =
        generator.images.getImage(GetImageRequest.newBuilder().setName(image.getName()).build());
    assertThat(failed.getState()).isEqualTo(Image.State.FAILED);
    assertThat(failed.getError().getReason()).isEqualTo(reason);
    assertThat(failed.getError().getMessage()).isEqualTo(told);
    return told;
  }
}
