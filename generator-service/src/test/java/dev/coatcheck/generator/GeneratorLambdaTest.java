package dev.coatcheck.generator;

import static dev.coatcheck.generator.GeneratorFixture.assertRefused;
import static dev.coatcheck.generator.GeneratorFixture.bytesOf;
import static dev.coatcheck.generator.GeneratorFixture.number;
import static dev.coatcheck.generator.GeneratorFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.coatcheck.lambda.local.LocalLambda;
import dev.coatcheck.lambda.local.LocalLambdaConfig;
import dev.coatcheck.lambda.local.bytes.BytesFunction;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.CreateImageRequest.Transfer;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.GenerateImageRequest;
import io.grpc.Status;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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

  @ParameterizedTest
  @EnumSource(
      value = Transfer.class,
      names = {"AUTO", "BUFFERED", "RESPONSE_STREAM"})
  void takesInTheFunctionsBytes(Transfer transfer) throws Exception {
    try (GeneratorFixture generator = GeneratorFixture.start(directory, lambda.url())) {
      for (int size : new int[] {8, 14, 15, 262_144, 1_000_000}) {
        byte[] image =
            bytesOf(
                generator.images.generateImage(generate(bytes(size, "").setTransfer(transfer))));

        assertThat(image).isEqualTo(BytesFunction.content(size, 7));
      }
      generator.awaitPoolFull();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "RESPONSE_STREAM, failAtByte, 100000, INTERNAL,          FUNCTION_FAILED",
    "RESPONSE_STREAM, failAtByte, 0,      INTERNAL,          FUNCTION_FAILED",
    "RESPONSE_STREAM, cutAtByte,  100000, INTERNAL,          FUNCTION_FAILED",
    "RESPONSE_STREAM, cutAtByte,  0,      INTERNAL,          FUNCTION_FAILED",
    "RESPONSE_STREAM, hangAtByte, 100000, DEADLINE_EXCEEDED, FUNCTION_TIMEOUT",
    "RESPONSE_STREAM, throttle,   true,   UNAVAILABLE,       FUNCTION_THROTTLED",
    "BUFFERED,        failAtByte, 100000, INTERNAL,          FUNCTION_FAILED",
    "BUFFERED,        cutAtByte,  100000, INTERNAL,          FUNCTION_FAILED",
    "BUFFERED,        hangAtByte, 100000, DEADLINE_EXCEEDED, FUNCTION_TIMEOUT",
    "BUFFERED,        throttle,   true,   UNAVAILABLE,       FUNCTION_THROTTLED",
  })
  void everyFailureIsTheContractsErrorAndMemoryIsBack(
      Transfer transfer, String fault, String value, Status.Code code, ErrorReason reason)
      throws Exception {
    String functionTimeout = reason == ErrorReason.FUNCTION_TIMEOUT ? "2s" : "60s";
    try (GeneratorFixture generator =
        GeneratorFixture.start(
            directory, lambda.url(), Map.of("COATCHECK_FUNCTION_TIMEOUT", functionTimeout))) {
      CreateImageRequest.Builder request = bytes(200_000, "").setTransfer(transfer);
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

  @ParameterizedTest
  @EnumSource(
      value = Transfer.class,
      names = {"BUFFERED", "RESPONSE_STREAM"})
  void tellsWhatTheFunctionRefuses(Transfer transfer) throws Exception {
    try (GeneratorFixture generator = GeneratorFixture.start(directory, lambda.url())) {
      assertRefused(
          () ->
              bytesOf(
                  generator.images.generateImage(generate(bytes(-5, "").setTransfer(transfer)))),
          Status.Code.INVALID_ARGUMENT,
          ErrorReason.SPEC_REFUSED);
      assertRefused(
          () ->
              bytesOf(
                  generator.images.generateImage(
                      generate(bytes(100, "nothing").setTransfer(transfer)))),
          Status.Code.INTERNAL,
          ErrorReason.FUNCTION_FAILED);
      generator.awaitPoolFull();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Transfer.class,
      names = {"BUFFERED", "RESPONSE_STREAM"})
  void tellsThatLambdaCannotBeReached(Transfer transfer) throws Exception {
    try (GeneratorFixture generator =
        GeneratorFixture.start(directory, URI.create("http://127.0.0.1:1"))) {
      assertRefused(
          () ->
              bytesOf(
                  generator.images.generateImage(generate(bytes(100, "").setTransfer(transfer)))),
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
