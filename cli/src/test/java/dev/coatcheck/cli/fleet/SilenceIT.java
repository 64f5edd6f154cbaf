package dev.coatcheck.cli.fleet;

import dev.coatcheck.cli.fleet.Network.Cut;
import dev.coatcheck.cli.pickup.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Processes that stop for a while, and generators that cannot be reached for a while, under load;
 * several at once, so that the worst comes together as well.
 *
 * <p>{@code -Dcoatcheck.kills} says how many of each, {@code -Dcoatcheck.seed} which.
 */
@OnSharedFleet
class SilenceIT {

  private static final int TIMES = Integer.getInteger("coatcheck.kills", 5);
  private static final long SEED = Long.getLong("coatcheck.seed", new Random().nextInt(1 << 20));
  private static final int CUSTOMERS = 24;
  private static final List<Cut> CUTS = List.of(Cut.values());
  private static final Duration SHORT = Duration.ofSeconds(5);

  /** So long that connections are given up. */
  private static final Duration LONG = Duration.ofSeconds(18);

  private static final int LONG_OF = 10;

  /**
   * For what was given up meanwhile to be found again: half of all time at least is fair weather.
   */
  private static final Duration FAIR = Duration.ofSeconds(6);

  /** Busy ones; nothing happens to a process twice at once. */
  private final Set<FleetProcess> busy = ConcurrentHashMap.newKeySet();

  @Test
  void whatComesBackHasLostNothing(ProcessFleet fleet) throws Exception {
    Ledger ledger = new Ledger(TIMES + " stops and partitions", SEED);
    Load load = Load.patient(fleet, ledger, SEED, Gateways.SILENCE.plus(SHORT));
    load.start(CUSTOMERS);
    List<FleetProcess> all = new ArrayList<>(fleet.generators);
    all.addAll(fleet.gateways);
    try (ExecutorService lanes = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      Random ofStops = new Random(SEED);
      Random ofCuts = new Random(SEED - 1);
      running.add(
          lanes.submit(() -> {
            for (int n = 0; n < TIMES; n++) {
              stop(take(all, ofStops));
              ledger.count("processes stopped for " + SHORT);
              Thread.sleep(FAIR);
            }
            return null;
          }));
      running.add(
          lanes.submit(() -> {
            for (int n = 0; n < TIMES; n++) {
              Cut which = CUTS.get(ofCuts.nextInt(CUTS.size()));
              Duration time = n % LONG_OF == 0 ? LONG : SHORT;
              cut(fleet, take(fleet.generators, ofCuts), which, time);
              ledger.count("generators cut off for " + time + ", " + which);
              Thread.sleep(FAIR);
            }
            return null;
          }));
      for (Future<?> lane : running) {
        lane.get();
      }
    }
    load.stop();
    fleet.awaitActive(fleet.generators.size());
    fleet.awaitEmpty();
    ledger.close(load.delivered());
  }

  private FleetProcess take(List<FleetProcess> from, Random random) {
    while (true) {
      FleetProcess taken = from.get(random.nextInt(from.size()));
      if (busy.add(taken)) {
        return taken;
      }
    }
  }

  private void stop(FleetProcess process) throws Exception {
    process.freeze();
    try {
      Thread.sleep(SHORT);
    } finally {
      process.thaw();
      busy.remove(process);
    }
  }

  private void cut(ProcessFleet fleet, FleetProcess generator, Cut which, Duration time)
      throws Exception {
    fleet.network.cut(generator.name(), which);
    try {
      Thread.sleep(time);
    } finally {
      fleet.network.heal(generator.name());
      busy.remove(generator);
    }
  }
}
