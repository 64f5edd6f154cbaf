package dev.coatcheck.cli.fleet;

import dev.coatcheck.cli.pickup.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A deploy: every process is told to end and started anew, one by one, under load.
 *
 * <p>{@code -Dcoatcheck.restarts} says how often, {@code -Dcoatcheck.seed} with which load.
 */
@OnSharedFleet
class RestartsIT {

  private static final int ROUNDS = Integer.getInteger("coatcheck.restarts", 1);
  private static final long SEED = Long.getLong("coatcheck.seed", new Random().nextInt(1 << 20));
  private static final int CUSTOMERS = 8;
  private static final Duration TO_LEAVE = Duration.ofSeconds(60);

  @Test
  void nobodyMissesAnything(ProcessFleet fleet) throws Exception {
    Ledger ledger = new Ledger(ROUNDS + " restarts of every process", SEED);
    Load load = Load.strict(fleet, ledger, SEED, 1);
    load.start(CUSTOMERS);
    List<FleetProcess> all = new ArrayList<>(fleet.generators);
    all.addAll(fleet.gateways);
    for (int round = 0; round < ROUNDS; round++) {
      for (FleetProcess process : all) {
        process.terminate();
        process.awaitEnd(TO_LEAVE);
        process.start();
        fleet.awaitActive(fleet.generators.size());
        ledger.count("processes restarted");
      }
    }
    load.stop();
    fleet.awaitEmpty();
    ledger.close(load.delivered());
  }
}
