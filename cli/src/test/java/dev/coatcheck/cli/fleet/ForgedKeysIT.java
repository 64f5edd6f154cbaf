package dev.coatcheck.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.cli.fleet.ForgedKeys.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Forged keys cost no generator a call.
 *
 * <p>{@code -Dcoatcheck.forged} says how many, {@code -Dcoatcheck.seed} which.
 */
@OnSharedFleet
class ForgedKeysIT {

  private static final int KEYS = Integer.getInteger("coatcheck.forged", 12_000);
  private static final long SEED = Long.getLong("coatcheck.seed", new Random().nextInt(1 << 20));
  private static final List<Kind> KINDS = List.of(Kind.values());
  private static final int BATCH = 100;
  private static final Duration SOON = Duration.ofSeconds(20);

  /** Each with a key at {@code %s}, and answered with a body. */
  private static final List<String> REQUESTS =
      List.of(
          "GET /v1/images/%s",
          "GET /v1/images/%s/content", "DELETE /v1/images/%s", "GET /v1/images/%s/events");

  /**
   * 1. A good key of no image is asked for: the counters move. 2. The keyset is rotated until keys
   * of before open no more. 3. Forged keys of all kinds are asked for, through all gateways, and
   * refused: the counters stand still.
   */
  @Test
  void noGeneratorHearsOfThem(ProcessFleet fleet, @TempDir Path directory) throws Exception {
    String address = fleet.generators.getFirst().address();
    ForgedKeys keys = ForgedKeys.rotating(fleet.keyset, directory, address);
    for (FleetProcess gateway : fleet.gateways) {
      awaitRotation(ProcessFleet.socketAddress(gateway), keys, fleet);
    }
    long before = calls(fleet);
    Map<Kind, Integer> asked = new EnumMap<>(Kind.class);
    try (ExecutorService threads = Executors.newFixedThreadPool(fleet.gateways.size())) {
      List<Callable<Map<Kind, Integer>>> attackers = new ArrayList<>();
      for (int i = 0; i < fleet.gateways.size(); i++) {
        InetSocketAddress gateway = ProcessFleet.socketAddress(fleet.gateways.get(i));
        ForgedKeys own = keys.seeded(SEED + i);
        attackers.add(() -> attack(gateway, own, KEYS / fleet.gateways.size()));
      }
      for (Future<Map<Kind, Integer>> attack : threads.invokeAll(attackers)) {
        attack.get().forEach((kind, count) -> asked.merge(kind, count, Integer::sum));
      }
    }
    long after = calls(fleet);
    System.out.printf(
        "%d forged keys, -Dcoatcheck.seed=%d%n  %s%n  calls of generators before %d, after %d%n",
        asked.values().stream().mapToInt(Integer::intValue).sum(), SEED, asked, before, after);
    assertThat(after).isEqualTo(before);
    assertThat(asked).containsOnlyKeys(Kind.values());
  }

  /** Until the gateway has the new keyset, it asks the generator of the old key. */
  private static void awaitRotation(InetSocketAddress gateway, ForgedKeys keys, ProcessFleet fleet)
      throws IOException {
    try (Pipeline pipeline = new Pipeline(gateway)) {
      for (String key : List.of(keys.good(), keys.rotatedOut())) {
        boolean good = key.equals(keys.good());
        await()
            .atMost(SOON)
            .until(() -> {
              long before = calls(fleet);
              pipeline.ask(List.of(REQUESTS.getFirst().formatted(key)));
              return (calls(fleet) > before) == good;
            });
      }
    }
  }

  private static long calls(ProcessFleet fleet) {
    long calls = 0;
    for (FleetProcess generator : fleet.generators) {
      try (AdminClient operator = fleet.operator(generator)) {
        calls += operator.callsStarted();
      }
    }
    return calls;
  }

  private static Map<Kind, Integer> attack(InetSocketAddress gateway, ForgedKeys keys, int count)
      throws IOException {
    Map<Kind, Integer> asked = new EnumMap<>(Kind.class);
    try (Pipeline pipeline = new Pipeline(gateway)) {
      for (int number = 0; number < count; ) {
        List<String> batch = new ArrayList<>(BATCH);
        for (; batch.size() < BATCH; number++) {
          Kind kind = KINDS.get(number % KINDS.size());
          String request = REQUESTS.get(number / KINDS.size() % REQUESTS.size());
          batch.add(request.formatted(keys.next(kind)));
          asked.merge(kind, 1, Integer::sum);
        }
        assertThat(pipeline.ask(batch)).containsOnly(404);
      }
    }
    return asked;
  }
}
