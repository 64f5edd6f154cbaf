package dev.coatcheck.cli.tails;

import dev.coatcheck.cli.ImageClient;
import dev.coatcheck.cli.fleet.ProcessFleet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Clients that others made, half of them killed at any moment, a quarter cut off from the network,
 * and a quarter left alone: what they have not received can be had by the key alone, through
 * another gateway, and what they have received is gone for all others. Two fifths of the rounds run
 * on a fleet that has no memory to spare.
 *
 * <p>{@code -Dcoatcheck.tails} says how many rounds, {@code -Dcoatcheck.seed} which, {@code
 * -Dcoatcheck.tails.clients} with which clients alone, separated by commas. A few rounds run on one
 * fleet, with memory, and without slow ones.
 */
@Isolated("clients are killed at shares of what they read at their pace")
class TailsIT {

  private static final int SHORT_FORM = 40;
  private static final int ROUNDS = Integer.getInteger("coatcheck.tails", 24);
  private static final boolean IS_SHORT = ROUNDS <= SHORT_FORM;
  private static final long SEED = Long.getLong("coatcheck.seed", new Random().nextInt(1 << 20));

  /** Few enough that two cores keep the clients' paces. */
  private static final int LANES = 4;

  private static final int MAX_SECONDS = IS_SHORT ? 3 : 12;

  /** What a machine that is busy may take. */
  private static final String STALL_TIMEOUT = "12s";

  private static final Map<String, String> AMPLE =
      Map.of(
          "COATCHECK_MEMORY", "256MiB",
          "COATCHECK_MAX_BYTES", "20MiB",
          "COATCHECK_LINGER", "30s",
          "COATCHECK_STALL_TIMEOUT", STALL_TIMEOUT);
  private static final Map<String, String> SHORT =
      Map.of(
          "COATCHECK_MEMORY", "24MiB",
          "COATCHECK_MAX_BYTES", "20MiB",
          "COATCHECK_LINGER", "1s",
          "COATCHECK_STALL_TIMEOUT", STALL_TIMEOUT);

  private final ImageClient images = new ImageClient();
  private final Account account = new Account(SEED);
  private final AtomicInteger next = new AtomicInteger();
  @TempDir private Path directory;

  @Test
  void nothingIsLostThatWasNotReceived() throws Exception {
    String names = System.getProperty("coatcheck.tails.clients", "");
    Clients clients = Clients.open(names.isEmpty() ? Set.of() : Set.of(names.split(",", -1)));
    int ample = IS_SHORT ? ROUNDS : ROUNDS * 3 / 5;
    try (images) {
      run(clients, AMPLE, "ample", ample);
      if (ample < ROUNDS) {
        run(clients, SHORT, "short", ROUNDS);
      }
    }
    account.close(ROUNDS);
  }

  private void run(Clients clients, Map<String, String> settings, String name, int until)
      throws Exception {
    Path place = Files.createDirectories(directory.resolve(name));
    Map<String, String> ofGateways = Map.of("COATCHECK_STALL_TIMEOUT", STALL_TIMEOUT);
    try (ProcessFleet fleet = ProcessFleet.start(place, 2, 2, settings, ofGateways);
        ExecutorService threads = Executors.newFixedThreadPool(LANES)) {
      if (!fleet.network.isPrivate()) {
        System.out.println("left out: clients that are cut off, for want of network namespaces");
      }
      List<String> entrances = fleet.gateways.stream().map(ProcessFleet::http).toList();
      List<Future<?>> lanes = new ArrayList<>();
      for (int i = 1; i <= LANES; i++) {
        String lane = "client " + i;
        fleet.network.attach(lane);
        lanes.add(
            threads.submit(() -> {
              for (int n = next.getAndIncrement(); n < until; n = next.getAndIncrement()) {
                Random random =
                    new Random(new SplittableRandom(SEED + ((long) n << 32)).nextLong());
                Client client = clients.of(n, SEED);
                boolean canCut =
                    fleet.network.isPrivate() && (!IS_SHORT || !isSlowToNotice(client));
                Plan plan = Plan.of(n, random, client, canCut, Plan.MIN_BYTES, MAX_SECONDS);
                account.add(new Round(fleet, lane, entrances, images, plan, place).run());
              }
              return null;
            }));
      }
      for (Future<?> lane : lanes) {
        lane.get();
      }
      next.set(until);
      fleet.awaitEmpty();
    }
  }

  /** A close frame is waited for for a minute. */
  private static boolean isSlowToNotice(Client client) {
    return client.protocol().equals(Client.WEB_SOCKET);
  }
}
