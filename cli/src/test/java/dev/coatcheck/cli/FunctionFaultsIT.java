package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.lambda.local.bytes.BytesFunction;
import java.net.http.HttpClient.Version;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that can go wrong with a function, by each transfer: the same reason is told
 * everywhere, no broken image ends cleanly, the function is called again at most once and only
 * before its first byte, and nothing is left of it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class FunctionFaultsIT {

  /** Where bytes come before the failure, half a second or more lies between them. */
  private static final String FAILING =
      """
      throttled                  | "spec": {"sizeBytes": 5000, "fault": {"throttle": true}} | FUNCTION_THROTTLED | NOTHING 0 | NOTHING 0 | NOTHING 0
      fails at once              | "spec": {"sizeBytes": 5000, "fault": {"failAtByte": 0}} | FUNCTION_FAILED | NOTHING 1 | NOTHING 1 | NOTHING 1
      fails half way             | "spec": {"sizeBytes": 5000, "fault": {"failAtByte": 2500, "errorType": "Custom"}} | FUNCTION_FAILED | NOTHING 1 | | NOTHING 1
      fails half way, after 1 s  | "spec": {"sizeBytes": 3000000, "fault": {"bytesPerSecond": 2500000, "failAtByte": 2500000, "errorType": "Custom"}} | FUNCTION_FAILED | | BYTES 1 | BYTES 1
      fails without an errorType | "spec": {"sizeBytes": 5000, "fault": {"failAtByte": 2500, "errorType": null}} | FUNCTION_FAILED | NOTHING 1 | EITHER 1 | NOTHING 1
      refuses half way           | "spec": {"sizeBytes": 5000, "fault": {"failAtByte": 2500, "errorType": "InvalidSpec"}} | SPEC_REFUSED | NOTHING 1 | EITHER 1 | NOTHING 1
      cut at once                | "spec": {"sizeBytes": 5000, "fault": {"cutAtByte": 0}} | FUNCTION_FAILED | NOTHING 2 | NOTHING 2 | NOTHING 2
      cut half way               | "spec": {"sizeBytes": 5000, "fault": {"cutAtByte": 2500}} | FUNCTION_FAILED | NOTHING 2 | | NOTHING 2
      cut half way, after 1 s    | "spec": {"sizeBytes": 3000000, "fault": {"bytesPerSecond": 2500000, "cutAtByte": 2500000}} | FUNCTION_FAILED | | BYTES 1 | BYTES 1
      no image                   | "spec": {"sizeBytes": 5000, "fault": {"notAnImage": true}} | NOT_AN_IMAGE | NOTHING 1 | NOTHING 1 | NOTHING 1
      nothing at all             | "spec": {"sizeBytes": 0} | NOT_AN_IMAGE | NOTHING 1 | NOTHING 1 |
      nothing at all             | "spec": {"sizeBytes": 0} | FUNCTION_FAILED | | | NOTHING 1
      more than reserved         | "maxBytes": 1000, "spec": {"sizeBytes": 5000} | FUNCTION_FAILED | NOTHING 1 | NOTHING 1 | NOTHING 1
      more than reserved, late   | "maxBytes": 2500000, "spec": {"sizeBytes": 3000000, "bytesPerSecond": 2500000} | FUNCTION_FAILED | | BYTES 1 | BYTES 1
      less than declared         | "spec": {"sizeBytes": 5000, "fault": {"declareBytes": 5001}} | FUNCTION_FAILED | | | EITHER 1
      wrong checksum             | "spec": {"sizeBytes": 5000, "fault": {"wrongCrc": true}} | FUNCTION_FAILED | | | NOTHING 1
      refuses the spec           | "spec": {"sizeBytes": -1} | SPEC_REFUSED | NOTHING 1 | NOTHING 1 | NOTHING 1
      unknown to Lambda          | "function": "ghost", "spec": {"sizeBytes": 5000} | FUNCTION_FAILED | NOTHING 0 | NOTHING 0 | NOTHING 0
      """;

  private static final Map<String, String> SETTINGS =
      Map.of(
          "COATCHECK_MAX_BYTES", "4MiB",
          "COATCHECK_MEMORY", "128MiB",
          "COATCHECK_LAMBDA_FUNCTION", "bytes=bytes,ghost=ghost");

  private FaultyFleet fleet;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    fleet = FaultyFleet.start(directory, SETTINGS);
  }

  @AfterAll
  void stop() throws Exception {
    fleet.close();
  }

  static Stream<FaultRow> failing() {
    return FaultRow.of(FAILING);
  }

  @ParameterizedTest
  @MethodSource("failing")
  void sameReasonIsToldEverywhere(FaultRow row) throws Exception {
    int before = fleet.calls();
    try (HttpCaller http = fleet.http(Version.HTTP_1_1)) {
      var images = new FailingImages(fleet.rpc, http, row);
      List<Callable<?>> all = new ArrayList<>(images.created());
      all.addAll(images.generated());
      FaultyFleet.together(all);
      assertThat(fleet.calls() - before).isEqualTo(row.calls() * all.size());
    }
    fleet.awaitBaseline();
  }

  /**
   * The image is that of one run alone, whoever makes it and however slowly. Of two images there
   * are so many runs, and so many of those succeed: of two that push the same one is refused.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          slow        | BUFFERED        | 2500000 | "bytesPerSecond": 5000000, "firstByteAfter": "200ms" | 2 | 2
          slow        | RESPONSE_STREAM | 2500000 | "bytesPerSecond": 5000000, "firstByteAfter": "200ms" | 2 | 2
          slow        | CALLBACK        | 2500000 | "bytesPerSecond": 5000000, "firstByteAfter": "200ms" | 2 | 2
          AWS's cap   | BUFFERED        | 4000000 | "fault": {"awsCap": true} | 2 | 2
          AWS's cap   | RESPONSE_STREAM | 6600000 | "fault": {"awsCap": true} | 2 | 2
          AWS's cap   | CALLBACK        | 6600000 | "fault": {"awsCap": true} | 2 | 2
          run twice   | BUFFERED        | 2500000 | "fault": {"runTwice": true} | 4 | 4
          run twice   | RESPONSE_STREAM | 2500000 | "fault": {"runTwice": true} | 4 | 4
          run twice   | CALLBACK        | 2500000 | "fault": {"runTwice": true} | 4 | 2
          """)
  void worksAllTheSame(String fault, String transfer, int size, String spec, int runs, int good)
      throws Exception {
    int before = fleet.calls();
    byte[] content = BytesFunction.content(size, 0);
    String request =
        "{\"transfer\": \"%s\", \"maxBytes\": %d, \"spec\": {\"sizeBytes\": %d, %s}}"
            .formatted(transfer, size, size, spec);
    try (HttpCaller http = fleet.http(Version.HTTP_1_1)) {
      FaultyFleet.together(
          List.of(
              () -> wholeAndGone(http, http.create(request), http::content, content),
              () -> wholeAndGone(http, fleet.rpc.create(request), fleet.rpc::download, content)));
      await()
          .untilAsserted(() -> {
            List<String> outcomes = fleet.outcomes();
            assertThat(outcomes.subList(before, outcomes.size()))
                .hasSize(runs)
                .doesNotContain("RUNNING")
                .filteredOn(outcome -> outcome.equals("SUCCEEDED"))
                .hasSize(good);
          });
    }
    fleet.awaitBaseline();
  }

  private interface Pickup {
    Ending of(String name) throws Exception;
  }

  private static Object wholeAndGone(HttpCaller http, String name, Pickup pickup, byte[] content)
      throws Exception {
    assertThat(pickup.of(name))
        .isInstanceOfSatisfying(
            Ending.Whole.class,
            whole -> assertThat(whole.bytes().toByteArray()).isEqualTo(content));
    return assertThat(http.send("DELETE", "/v1/" + name, "").statusCode()).isEqualTo(204);
  }
}
