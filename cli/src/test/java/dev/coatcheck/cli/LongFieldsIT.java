package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.coatcheck.lambda.local.bytes.BytesFunction;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.GenerateImageRequest;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Creates with fields of kilobytes and megabytes. 1. Ten downloads begin, through the gateway whose
 * connections to the generator the creates will use. 2. Each create is refused with its field and
 * the beginning of its value. 3. All ten downloads end whole.
 */
@Timeout(120)
class LongFieldsIT {

  private static final int MIB = 1 << 20;
  private static final int DOWNLOADS = 10;
  private static final List<Integer> LENGTHS = List.of(300, 4_000, 8_000, 20_000, 60_000);

  @TempDir private Path directory;

  private InProcessFleet fleet;
  private HttpCaller http;
  private RpcCaller gateway;
  private RpcCaller generator;
  private final List<InputStream> downloads = new ArrayList<>();

  @BeforeEach
  void beginDownloads() throws Exception {
    fleet = InProcessFleet.start(directory, 1, 1, Map.of("COATCHECK_MEMORY", "64MiB"));
    http = new HttpCaller(fleet.http(0), HttpClient.Version.HTTP_1_1);
    gateway = new RpcCaller(fleet.gateways.getFirst().grpcPort());
    generator = new RpcCaller(port(fleet.generators.getFirst().address()));
    for (int i = 0; i < DOWNLOADS; i++) {
      String name = http.create(bytes(i));
      http.finished(name);
      InputStream begun = http.beginContent(name);
      assertThat(begun.readNBytes(1000)).hasSize(1000);
      downloads.add(begun);
    }
  }

  @AfterEach
  void allDownloadsEndWhole() throws Exception {
    try (InProcessFleet ending = fleet) {
      for (int i = 0; i < DOWNLOADS; i++) {
        byte[] whole = BytesFunction.content(size(i), i);
        byte[] rest = downloads.get(i).readAllBytes();
        assertThat(rest).hasSize(whole.length - 1000);
        assertThat(Arrays.equals(rest, 0, rest.length, whole, 1000, whole.length)).isTrue();
      }
      http.close(); // a connection that stays open has the gateway wait for a confirmation
      ending.awaitBaseline();
    } finally {
      http.close();
      gateway.close();
      generator.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"function", "filename", "transfer", "ttl", "pickup"})
  void overHttp(String field) throws Exception {
    for (String path : List.of("/v1/images", "/v1/images:generate")) {
      for (int length : List.of(300, 4_000, 20_000, 60_000, MIB)) {
        String body = "{\"spec\": {}, \"%s\": \"%s\"}".formatted(field, "x".repeat(length));
        var answer = http.send("POST", path, body, "Content-Type", "application/json");

        JsonNode problem = ImageClient.json(answer.body());
        assertThat(Refused.of(answer, answer.body()))
            .as(field + " of " + length)
            .isEqualTo(new Refused("422", "INVALID_REQUEST", field));
        assertThat(problem.path("detail").asText()).startsWith(field + ": 'xxxxxxxxxx");
        assertThat(answer.body()).hasSizeLessThan(1000);
      }
    }
  }

  @Test
  void idempotencyKey() throws Exception {
    for (int length : List.of(129, 4_000, 7_000)) {
      var answer =
          http.send(
              "POST",
              "/v1/images",
              "{\"spec\": {}}",
              "Content-Type",
              "application/json",
              "Idempotency-Key",
              "k".repeat(length));

      assertThat(Refused.of(answer, answer.body()))
          .isEqualTo(new Refused("422", "INVALID_REQUEST", "Idempotency-Key"));
      assertThat(ImageClient.json(answer.body()).path("detail").asText())
          .startsWith("Idempotency-Key: 'kkkkkkkkkk");
    }
  }

  @Test
  void nameOfASpecsField() throws Exception {
    String name = "n".repeat(30_000);
    var answer =
        http.send(
            "POST",
            "/v1/images",
            "{\"spec\": {\"%s\": {\"%s\": 9007199254740993}}}".formatted(name, name),
            "Content-Type",
            "application/json");

    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(ImageClient.json(answer.body()).path("field").asText()).startsWith("spec.nnnnn");
    assertThat(answer.body()).hasSizeLessThan(1000);
  }

  @ParameterizedTest
  @CsvSource({"function", "filename", "request_id"})
  void overGrpc(String field) {
    BiConsumer<CreateImageRequest.Builder, String> set =
        switch (field) {
          case "function" -> CreateImageRequest.Builder::setFunction;
          case "filename" -> CreateImageRequest.Builder::setFilename;
          default -> CreateImageRequest.Builder::setRequestId;
        };
    for (String character : List.of("x", "%", "한")) {
      for (int length : LENGTHS) {
        CreateImageRequest.Builder create = RpcCaller.request("{\"spec\": {}}");
        set.accept(create, character.repeat(length));
        for (RpcCaller caller : List.of(gateway, generator)) {
          assertRefused(field, character, () -> caller.images().createImage(create.build()));
          assertRefused(
              field,
              character,
              () ->
                  caller
                      .images()
                      .generateImage(GenerateImageRequest.newBuilder().setCreate(create).build())
                      .next());
        }
      }
    }
  }

  private static void assertRefused(String field, String character, ThrowingCallable call) {
    StatusRuntimeException thrown =
        Assertions.catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(Refused.of(thrown))
        .isEqualTo(new Refused("INVALID_ARGUMENT", "INVALID_REQUEST", field));
    assertThat(thrown.getStatus().getDescription())
        .startsWith(field + ": '" + character.repeat(10))
        .hasSizeLessThan(400);
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  private static int size(int seed) {
    return 5 * MIB + seed;
  }

  private static String bytes(int seed) {
    return "{\"spec\": {\"sizeBytes\": %d, \"seed\": %d}, \"maxBytes\": %d}"
        .formatted(size(seed), seed, 6 * MIB);
  }
}
