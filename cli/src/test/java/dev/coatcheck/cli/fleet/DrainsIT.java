package dev.coatcheck.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.cli.pickup.Ledger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Generators that are told to end, again and again, with images in them and customers around.
 *
 * <p>{@code -Dcoatcheck.drains} says how often, {@code -Dcoatcheck.seed} with which load, {@code
 * -Dcoatcheck.drains.mib} how much is moved at once to see how fast.
 */
@OnSharedFleet
class DrainsIT {

  private static final int ROUNDS = Integer.getInteger("coatcheck.drains", 5);
  private static final int MOVED_MIB = Integer.getInteger("coatcheck.drains.mib", 64);
  private static final long SEED = Long.getLong("coatcheck.seed", new Random().nextInt(1 << 20));
  private static final int IMAGES = 100;
  private static final int CUSTOMERS = 6;
  private static final int BEGUN_OF = 10;
  private static final int BEGUN_BYTES = 20_000;
  private static final int MIB = 1 << 20;
  private static final Duration TO_LEAVE = Duration.ofSeconds(40);
  private static final Duration FAST = Duration.ofSeconds(20);

  /**
   * Each round: 1. A hundred images are made; of every tenth, a part is read, and the reader goes
   * away. 2. A generator is told to end, and ends. 3. All hundred are picked up, through other
   * gateways, those that were begun with their claims. Meanwhile others come and go.
   */
  @Test
  void nothingIsLostWithOneThatLeaves(ProcessFleet fleet) throws Exception {
    Ledger ledger = new Ledger(ROUNDS + " drains", SEED);
    Load load = Load.strict(fleet, ledger, SEED, 1);
    load.start(CUSTOMERS);
    for (int round = 0; round < ROUNDS; round++) {
      FleetProcess leaving = fleet.generators.get(round % fleet.generators.size());
      List<LoadClient> waiting = new ArrayList<>();
      for (int i = 0; i < IMAGES; i++) {
        boolean begins = i % BEGUN_OF == 0;
        LoadClient customer = load.customer(begins ? Order::medium : Order::small);
        customer.create();
        if (begins) {
          customer.begin(BEGUN_BYTES);
        }
        waiting.add(customer);
      }
      long startNanos = System.nanoTime();
      leaving.terminate();
      leaving.awaitEnd(TO_LEAVE);
      ledger.most(
          "longest drain, ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
      leaving.begin();
      for (LoadClient customer : waiting) {
        customer.pickUp();
        load.enter(customer);
      }
      leaving.awaitUp();
      fleet.awaitActive(fleet.generators.size());
    }
    load.stop();
    fleet.awaitEmpty();
    ledger.close(load.delivered());
  }

  /** All of one generator's memory goes in less time than any grace. */
  @Test
  void movesFast(@TempDir Path directory) throws Exception {
    Map<String, String> settings = Map.of("COATCHECK_MEMORY", (MOVED_MIB + 64) + "MiB");
    try (ProcessFleet fleet = ProcessFleet.start(directory, 1, 1, settings)) {
      Ledger ledger = new Ledger(MOVED_MIB + " MiB moved", SEED);
      Load load = Load.strict(fleet, ledger, SEED, 0);
      List<LoadClient> waiting = new ArrayList<>();
      for (int i = 0; i < MOVED_MIB / 8; i++) {
        LoadClient customer = load.customer(number -> new Order(number, 8 * MIB, 0, 0, false));
        customer.create();
        waiting.add(customer);
      }
      for (LoadClient customer : waiting) {
        customer.awaitComplete();
      }
      FleetProcess full = fleet.generators.getFirst();
      FleetProcess empty = fleet.newGenerator(Map.of());
      empty.start();
      fleet.name(fleet.generators);
      fleet.awaitActive(2);
      try (AdminClient operator = fleet.operator(full)) {
        long startNanos = System.nanoTime();
        var report = operator.drain();
        Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
        ledger.most("moved, bytes", report.getMovedBytes());
        ledger.most("in ms", took.toMillis());
        assertThat(report.getMovedBytes()).isEqualTo((long) MOVED_MIB / 8 * 8 * MIB);
        assertThat(took).isLessThan(FAST);
      }
      for (LoadClient customer : waiting) {
        customer.pickUp();
        load.enter(customer);
      }
      ledger.close(waiting.size());
    }
  }
}
