package dev.coatcheck.cli.pickup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.cli.ImageClient;
import dev.coatcheck.cli.InProcessFleet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A gateway ends at once in the middle of a download: its client goes on through the other one. */
@Timeout(120)
class DyingGatewayIT {

  private static final int SIZE = 8 << 20;

  @TempDir private Path directory;

  private final ImageClient client = new ImageClient();
  private final Ledger ledger = new Ledger("a gateway that ends", 0);
  private InProcessFleet fleet;

  @BeforeEach
  void start() throws Exception {
    fleet =
        InProcessFleet.start(
            directory, 1, 2, Map.of("COATCHECK_MEMORY", "64MiB", "COATCHECK_LINGER", "30s"));
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    fleet.close();
  }

  /**
   * 1. The client has some bytes, when its gateway ends: at the head, in the middle, and when all
   * has been handed out. 2. It sees that the body broke off. 3. The other gateway goes on where it
   * was, at once.
   */
  @ParameterizedTest(name = "{0} bytes read, {1} bytes made a second")
  @CsvSource({"0, 0", "3000000, 0", "8388607, 0", "0, 8000000", "3000000, 8000000"})
  void theClientGoesOnThroughTheOther(int read, int bytesPerSecond) throws Exception {
    String location = image(bytesPerSecond);
    Copy copy = new Copy(SIZE, 1);
    String tag = "";
    try (Download dying =
        Download.get(fleet.gateways.get(0).httpPort(), location + "/content", Map.of())) {
      tag = dying.head().header("ETag").orElseThrow();
      assertThat(dying.read(copy, read)).isFalse();
      fleet.gateways.get(0).close();
      copy.finishFrom(dying); // what was on its way, if it was not all
    } catch (IOException e) {
      ledger.count("broke off");
    }
    try (Download next =
        Download.get(
            fleet.gateways.get(1).httpPort(),
            location + "/content",
            Map.of("Range", "bytes=" + copy.held() + "-", "If-Range", tag))) {
      if (copy.isWhole()) {
        assertThat(next.head().status()).isEqualTo(416);
      } else {
        assertThat(next.head().status()).isEqualTo(206);
        copy.finishFrom(next);
      }
    }
    ledger.add(
        read + " bytes, " + bytesPerSecond,
        new PostConditions(client, fleet.http(1)).of(location, List.of(copy)));
    ledger.audit(fleet);
    ledger.close(1);
  }

  private String image(int bytesPerSecond) throws Exception {
    String location =
        client.create(
            fleet.http(1),
            """
            {"transfer": "RESPONSE_STREAM", "maxBytes": %d,
             "spec": {"sizeBytes": %d, "seed": 1, "bytesPerSecond": %d}}
            """
                .formatted(SIZE, SIZE, bytesPerSecond));
    if (bytesPerSecond == 0) {
      var _ = client.finished(fleet.http(1), location);
    }
    return location;
  }
}
