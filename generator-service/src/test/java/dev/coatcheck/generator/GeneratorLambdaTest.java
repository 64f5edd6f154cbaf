package dev.coatcheck.generator;

import static dev.coatcheck.generator.GeneratorFixture.assertRefused;
import static dev.coatcheck.generator.GeneratorFixture.bytesOf;
import static dev.coatcheck.generator.GeneratorFixture.number;
import static dev.coatcheck.generator.GeneratorFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.coatcheck.lambda.local.BytesFunction;
import dev.coatcheck.lambda.local.LocalLambda;
import dev.coatcheck.lambda.local.LocalLambdaConfig;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.GenerateImageRequest;
import io.grpc.Status;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The response stream transfer: AWS's SDK on AWS's wire protocol, against the local Lambda. */
class GeneratorLambdaTest {

  private static LocalLambda lambda;

  @TempDir Path directory;

  @BeforeAll
  static void startLambda() {
    lambda = new LocalLambda(LocalLambdaConfig.defaults()).start();
  }

  @AfterAll
  static void stopLambda() {
    lambda.close();
  }

  @Test
  void streamsTheFunctionsBytes() throws Exception {
    try (GeneratorFixture generator = GeneratorFixture.start(directory, lambda.url())) {
      for (int size : new int[] {8, 14, 15, 262_144, 1_000_000}) {
        byte[] image = bytesOf(generator.images.generateImage(generate(bytes(size, ""))));

        assertThat(image).isEqualTo(BytesFunction.content(size, 7));
      }
      generator.awaitPoolFull();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "failAtByte,      100000, INTERNAL,    FUNCTION_FAILED",
    "failAtByte,      0,      INTERNAL,    FUNCTION_FAILED",
    "cutAtByte,       100000, INTERNAL,    FUNCTION_FAILED",
    "cutAtByte,       0,      INTERNAL,    FUNCTION_FAILED",
    "hangAtByte,      100000, DEADLINE_EXCEEDED, FUNCTION_TIMEOUT",
    "throttle,        true,   UNAVAILABLE, FUNCTION_THROTTLED",
  })
  void everyFailureIsTheContractsErrorAndMemoryIsBack(
      String fault, String value, Status.Code code, ErrorReason reason) throws Exception {
    try (GeneratorFixture generator = GeneratorFixture.start(directory, lambda.url())) {
      CreateImageRequest.Builder request = bytes(200_000, "");
      Value told =
          value.equals("true")
              ? Value.newBuilder().setBoolValue(true).build()
              : number(Double.parseDouble(value));
      request
          .getSpecBuilder()
          .putFields(
              "fault",
              Value.newBuilder()
                  .setStructValue(Struct.newBuilder().putFields(fault, told))
                  .build());

      assertRefused(() -> bytesOf(generator.images.generateImage(generate(request))), code, reason);

      generator.awaitPoolFull();
    }
  }

  @Test
  void tellsWhatTheFunctionRefuses() throws Exception {
    try (GeneratorFixture generator = GeneratorFixture.start(directory, lambda.url())) {
      assertRefused(
          () -> bytesOf(generator.images.generateImage(generate(bytes(-5, "")))),
          Status.Code.INVALID_ARGUMENT,
          ErrorReason.SPEC_REFUSED);
      assertRefused(
          () -> bytesOf(generator.images.generateImage(generate(bytes(100, "nothing")))),
          Status.Code.INTERNAL,
          ErrorReason.FUNCTION_FAILED);
      generator.awaitPoolFull();
    }
  }

  @Test
  void tellsThatLambdaCannotBeReached() throws Exception {
    try (GeneratorFixture generator =
        GeneratorFixture.start(directory, URI.create("http://127.0.0.1:1"))) {
      assertRefused(
          () -> bytesOf(generator.images.generateImage(generate(bytes(100, "")))),
          Status.Code.INTERNAL,
          ErrorReason.FUNCTION_FAILED);
      generator.awaitPoolFull();
    }
  }

  private static GenerateImageRequest generate(CreateImageRequest.Builder create) {
    return GenerateImageRequest.newBuilder().setCreate(create).build();
  }

  private static CreateImageRequest.Builder bytes(int sizeBytes, String function) {
    return request()
        .setFunction(function)
        .setSpec(
            Struct.newBuilder()
                .putFields("sizeBytes", number(sizeBytes))
                .putFields("seed", number(7)));
  }
}
