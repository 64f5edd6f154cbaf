package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient.Version;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A function that never ends, by each transfer: all of them at once, since it takes its time. */
@Timeout(60)
class HangingFunctionIT {

  private static final String HANGING =
      """
      hangs at once  | "spec": {"sizeBytes": 5000, "fault": {"hangAtByte": 0}} | FUNCTION_TIMEOUT | NOTHING 1 | NOTHING 1 | NOTHING 1
      hangs half way | "spec": {"sizeBytes": 1300000, "fault": {"hangAtByte": 1200000}} | FUNCTION_TIMEOUT | | BYTES 1 | BYTES 1
      """;

  private static final Map<String, String> SETTINGS =
      Map.of(
          "COATCHECK_FUNCTION_TIMEOUT", "6s",
          "COATCHECK_MAX_BYTES", "4MiB",
          "COATCHECK_MEMORY", "128MiB");

  @TempDir private Path directory;

  /** Four images a row: as many as a generator has made by buffered calls at once. */
  @Test
  void isTimedOutAndNeverCalledAgain() throws Exception {
    try (var fleet = FaultyFleet.start(directory, SETTINGS)) {
      try (HttpCaller http = fleet.http(Version.HTTP_1_1)) {
        for (String transfer : FaultRow.TRANSFERS) {
          warmUp(http, transfer); // a first call takes its time, which is no function's
        }
        int before = fleet.calls();
        List<Callable<?>> all = new ArrayList<>();
        FaultRow.of(HANGING)
            .forEach(row -> all.addAll(new FailingImages(fleet.rpc, http, row).created()));
        FaultyFleet.together(all);
        assertThat(fleet.calls() - before).isEqualTo(all.size());
      }
      fleet.awaitBaseline();
    }
  }

  private static void warmUp(HttpCaller http, String transfer) throws Exception {
    String name =
        http.create("{\"transfer\": \"%s\", \"spec\": {\"sizeBytes\": 100}}".formatted(transfer));
    assertThat(http.content(name)).isInstanceOf(Ending.Whole.class);
    assertThat(http.send("DELETE", "/v1/" + name, "").statusCode()).isEqualTo(204);
  }
}
