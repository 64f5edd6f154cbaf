package dev.coatcheck.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.cli.pickup.Ledger;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Processes that are killed under load.
 *
 * <p>{@code -Dcoatcheck.kills} says how many generators, and half of how many gateways; {@code
 * -Dcoatcheck.seed} which.
 */
@OnSharedFleet
class KillsIT {

  private static final int KILLS = Integer.getInteger("coatcheck.kills", 5);
  private static final long SEED = Long.getLong("coatcheck.seed", new Random().nextInt(1 << 20));
  private static final int CUSTOMERS = 8;
  private static final int AT_ONCE = 2;
  private static final long BETWEEN_MILLIS = 300;
  private static final long SOON_MILLIS = 1000;

  private final Random random = new Random(SEED);

  /** Two of three at once: what they relayed goes on through the third. */
  @Test
  void gatewaysCostNothing(ProcessFleet fleet) throws Exception {
    Ledger ledger = new Ledger(AT_ONCE * KILLS + " gateways killed", SEED);
    Load load = Load.patient(fleet, ledger, SEED, Gateways.SILENCE);
    load.start(CUSTOMERS);
    for (int round = 0; round < KILLS; round++) {
      Thread.sleep(random.nextLong(2 * BETWEEN_MILLIS));
      List<FleetProcess> killed = new ArrayList<>(fleet.gateways);
      killed.remove(random.nextInt(killed.size()));
      for (FleetProcess gateway : killed) {
        gateway.kill();
        ledger.count("gateways killed");
      }
      for (FleetProcess gateway : killed) {
        gateway.begin();
      }
      for (FleetProcess gateway : killed) {
        gateway.awaitUp();
      }
      fleet.awaitActive(fleet.generators.size());
    }
    load.stop();
    fleet.awaitEmpty();
    ledger.close(load.delivered());
  }

  /**
   * Each round: 1. A generator with an image in it is killed. 2. Every gateway says within a second
   * that the image is not to be had now, or not any more, and takes a create for another generator.
   * 3. The generator is started anew at its address, and the image is lost, as are those that
   * others had there, and none else.
   */
  @Test
  void generatorsCostTheirOwnImages(ProcessFleet fleet) throws Exception {
    Ledger ledger = new Ledger(KILLS + " generators killed", SEED);
    Load load = Load.patient(fleet, ledger, SEED, Gateways.SILENCE);
    load.start(CUSTOMERS);
    for (int round = 0; round < KILLS; round++) {
      FleetProcess killed = fleet.generators.get(random.nextInt(fleet.generators.size()));
      LoadClient owner = load.customerOf(killed);
      killed.kill();
      ledger.count("generators killed");
      for (int i = 0; i < fleet.gateways.size(); i++) {
        seesItSoon(new Gateways(fleet, ledger, i, Gateways.SILENCE), owner, ledger);
      }
      for (int i = 0; i < fleet.gateways.size(); i++) {
        load.serveSoon(SOON_MILLIS);
      }
      Thread.sleep(random.nextLong(2 * BETWEEN_MILLIS));
      killed.start();
      fleet.awaitActive(fleet.generators.size());
      load.enter(owner);
    }
    load.stop();
    fleet.awaitEmpty();
    ledger.close(load.delivered());
  }

  private static void seesItSoon(Gateways gateway, LoadClient owner, Ledger ledger)
      throws IOException, InterruptedException {
    long startNanos = System.nanoTime();
    try (var answer = gateway.ask("GET", owner.location() + "/content", Map.of(), "")) {
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
      ledger.most("longest wait for the word of a killed generator's image, ms", millis);
      assertThat(millis).isLessThanOrEqualTo(SOON_MILLIS);
      assertThat(answer.head().status()).isEqualTo(503);
      assertThat(Integer.parseInt(answer.head().header("Retry-After").orElseThrow())).isPositive();
    }
  }
}
