package dev.coatcheck.cli.pickup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.cli.ImageClient;
import dev.coatcheck.cli.InProcessFleet;
import dev.coatcheck.cli.pickup.FaultPlan.Fault;
import dev.coatcheck.cli.pickup.FaultPlan.From;
import dev.coatcheck.generator.memory.SegmentPool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client's connection goes silent in both directions, and nobody is told: its gateway believes
 * that it only reads slowly.
 */
@Timeout(120)
class HalfOpenIT {

  private static final int SIZE = 8 << 20;
  private static final int HELD = 100_000;
  private static final Duration AT_ONCE = Duration.ofMillis(200);
  private static final Duration STALLED = Duration.ofSeconds(5);
  private static final Duration NOISE = Duration.ofSeconds(4);
  private static final int ROUNDS = 5;

  @TempDir private Path directory;

  private final ImageClient client = new ImageClient();
  private final Ledger ledger = new Ledger("half-open connections", 0);
  private InProcessFleet fleet;
  private FaultProxy line;

  @BeforeEach
  void start() throws Exception {
    fleet =
        InProcessFleet.start(
            directory, 1, 2, Map.of("COATCHECK_MEMORY", "64MiB", "COATCHECK_LINGER", "30s"));
    line = FaultProxy.to(fleet.gateways.get(0).httpPort());
  }

  @AfterEach
  void stop() throws IOException {
    line.close();
    client.close();
    fleet.close();
  }

  /**
   * 1. The line goes silent. 2. The client comes back with its tag, through either gateway. 3. The
   * next byte is there within 200 ms, in the best of some rounds. 4. The memory is free, though the
   * silent connection still stands.
   */
  @Test
  void theClaimantGoesOnAtOnce() throws Exception {
    Duration best = Duration.ofDays(1);
    for (int round = 0; round < ROUNDS; round++) {
      Copy copy = new Copy(SIZE, round);
      String location = image(round);
      try (Download silent = begun(location, copy)) {
        String tag = silent.head().header("ETag").orElseThrow();
        long back = System.nanoTime();
        try (Download next =
            Download.get(
                fleet.gateways.get(round % 2).httpPort(),
                location + "/content",
                Map.of("Range", "bytes=" + HELD + "-", "If-Range", tag))) {
          assertThat(next.head().status()).isEqualTo(206);
          assertThat(next.read(copy, 1)).isFalse();
          Duration took = Duration.ofNanos(System.nanoTime() - back);
          best = took.compareTo(best) < 0 ? took : best;
          copy.finishFrom(next);
        }
        ledger.add(location, new PostConditions(client, fleet.http(1)).of(location, List.of(copy)));
        awaitMemory();
      }
    }

    line.close();
    ledger.audit(fleet);
    ledger.close(ROUNDS);
    assertThat(best).isLessThan(AT_ONCE);
  }

  /**
   * 1. The line goes silent. 2. Somebody with the key alone has to wait, until 5 s after the last
   * progress. 3. It goes on where it was cut. 4. The one with the tag comes too late. 5. The memory
   * is free, though the silent connection still stands.
   */
  @Test
  void theKeyAloneTakesOverAfterFiveSeconds() throws Exception {
    Copy copy = new Copy(SIZE, 1);
    String location = image(1);
    long before = System.nanoTime();
    try (Download silent = begun(location, copy)) {
      long after = System.nanoTime();
      Map<String, String> rest = Map.of("Range", "bytes=" + HELD + "-");
      int waits = 0;
      while (true) {
        try (Download next =
            Download.get(fleet.gateways.get(1).httpPort(), location + "/content", rest)) {
          if (next.head().status() == 409) {
            assertThat(Long.parseLong(next.head().header("Retry-After").orElseThrow()))
                .isPositive();
            assertThat(Duration.ofNanos(System.nanoTime() - after)).isLessThan(STALLED.plus(NOISE));
            waits++;
            Thread.sleep(50);
            continue;
          }
          assertThat(next.head().status()).isEqualTo(206);
          assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(STALLED);
          copy.finishFrom(next);
          break;
        }
      }
      assertThat(waits).isPositive();
      String tag = silent.head().header("ETag").orElseThrow();
      try (Download late =
          Download.get(
              fleet.gateways.get(0).httpPort(),
              location + "/content",
              Map.of("Range", "bytes=" + HELD + "-", "If-Range", tag))) {
        assertThat(late.head().status()).isIn(409, 410);
      }
      ledger.add(location, new PostConditions(client, fleet.http(1)).of(location, List.of(copy)));
      awaitMemory();
    }
    line.close();
    ledger.audit(fleet);
    ledger.close(1);
  }

  /** What the silent stream held is free, though its connection still stands. */
  private void awaitMemory() {
    SegmentPool pool = fleet.generators.getFirst().pool();
    await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() -> assertThat(pool.freeBytes()).isEqualTo(pool.budgetBytes()));
  }

  private String image(int seed) throws Exception {
    String location =
        client.create(
            fleet.http(0),
            "{\"maxBytes\": %d, \"spec\": {\"sizeBytes\": %d, \"seed\": %d}}"
                .formatted(SIZE, SIZE, seed));
    assertThat(client.finished(fleet.http(0), location).path("state").asText())
        .isEqualTo("COMPLETE");
    return location;
  }

  /** A download that has stopped where the line went silent. */
  private Download begun(String location, Copy copy) throws IOException {
    line.next(FaultPlan.of(Fault.SILENCE, From.BODY, HELD));
    Download download = Download.get(line.port(), location + "/content", Map.of());
    assertThat(download.read(copy, HELD)).isFalse();
    return download;
  }
}
