package dev.coatcheck.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.cli.pickup.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Every image is asked for through one gateway and picked up through the next, while a generator
 * comes and goes.
 *
 * <p>{@code -Dcoatcheck.fleet} says how many images at least, {@code -Dcoatcheck.seed} which.
 */
@OnSharedFleet
class AnyGatewayIT {

  private static final int IMAGES = Integer.getInteger("coatcheck.fleet", 500);
  private static final long SEED = Long.getLong("coatcheck.seed", new Random().nextInt(1 << 20));
  private static final int AT_ONCE = 12;
  private static final int HELD = 60;
  private static final Duration UNTIL_IT_HAS_CHANGED = Duration.ofMillis(200);
  private static final Duration TO_LEAVE = Duration.ofSeconds(40);

  /**
   * 1. Some images are made, and stay. 2. A generator is added, under load: they are where they
   * were. 3. It is taken away: so they are still, and can be picked up, and what the new one held
   * is somewhere else.
   */
  @Test
  void anyGatewayServesWhatAnyGeneratorHolds(ProcessFleet fleet) throws Exception {
    Ledger ledger = new Ledger(IMAGES + " images, one gateway after the other", SEED);
    Load load = Load.strict(fleet, ledger, SEED, 0);
    List<LoadClient> held = new ArrayList<>();
    for (int i = 0; i < HELD; i++) {
      held.add(load.customer(Order::small));
      held.getLast().create();
    }
    AtomicInteger left = new AtomicInteger(IMAGES - HELD);
    AtomicBoolean changed = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> customers = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        customers.add(
            threads.submit(() -> {
              while (left.getAndDecrement() > 0 || !changed.get()) {
                load.serve(load.customer(Order::small));
                Thread.sleep(left.get() > 0 ? Duration.ZERO : UNTIL_IT_HAS_CHANGED);
              }
              return null;
            }));
      }
      try {
        comeAndGo(fleet, held);
        for (LoadClient customer : held) {
          customer.pickUp();
          load.enter(customer);
        }
      } finally {
        changed.set(true);
      }
      for (Future<?> customer : customers) {
        customer.get();
      }
    }
    fleet.awaitEmpty();
    assertThat(load.delivered()).isGreaterThanOrEqualTo(IMAGES);
    ledger.close(load.delivered());
  }

  private static void comeAndGo(ProcessFleet fleet, List<LoadClient> held) throws Exception {
    List<FleetProcess> before = List.copyOf(fleet.generators);
    Map<String, Set<String>> homes = homes(fleet, before, held);
    assertThat(homes.values().stream().mapToInt(Set::size).sum()).isEqualTo(HELD);

    FleetProcess added = fleet.newGenerator(Map.of());
    added.start();
    fleet.name(fleet.generators);
    fleet.awaitActive(before.size() + 1);
    assertThat(homes(fleet, before, held)).isEqualTo(homes);
    await("the new one holds something").until(() -> !images(fleet, added).isEmpty());

    fleet.name(before);
    added.terminate();
    added.awaitEnd(TO_LEAVE);
    fleet.generators.remove(added);
    fleet.awaitActive(before.size());
    assertThat(homes(fleet, before, held)).isEqualTo(homes);
  }

  /** Which of them each generator holds. */
  private static Map<String, Set<String>> homes(
      ProcessFleet fleet, List<FleetProcess> generators, List<LoadClient> held) {
    Map<String, Set<String>> homes = new HashMap<>();
    for (FleetProcess generator : generators) {
      Set<String> images = images(fleet, generator);
      images.retainAll(held.stream().map(LoadClient::imageId).toList());
      homes.put(generator.name(), images);
    }
    return homes;
  }

  private static Set<String> images(ProcessFleet fleet, FleetProcess generator) {
    try (AdminClient operator = fleet.operator(generator)) {
      return operator.images();
    }
  }
}
