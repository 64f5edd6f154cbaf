package dev.coatcheck.cli.tails;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.cli.FreePorts;
import dev.coatcheck.cli.ImageClient;
import dev.coatcheck.cli.fleet.FleetProcess;
import dev.coatcheck.cli.fleet.ProcessFleet;
import dev.coatcheck.cli.proxy.DocumentedProxy;
import dev.coatcheck.cli.proxy.DocumentedProxy.Ports;
import dev.coatcheck.cli.proxy.DocumentedProxy.Settings;
import dev.coatcheck.cli.proxy.ProxyProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is lost behind a proxy with the documented settings when clients are killed at any moment:
 * no more than the kernels hold between the proxy and the client.
 *
 * <p>{@code -Dcoatcheck.proxyTails} says how many rounds behind each, {@code -Dcoatcheck.seed}
 * which.
 */
class ProxyTailsIT {

  private static final int ROUNDS = Integer.getInteger("coatcheck.proxyTails", 3);
  private static final long SEED = Long.getLong("coatcheck.seed", new Random().nextInt(1 << 20));
  private static final int MAX_SECONDS = 3;

  /** More than a proxy may be given before its client has taken any of it. */
  private static final double MIN_BYTES = 12e6;

  /** As most Linux machines have it: a receive buffer grows to 6 MiB. */
  private static final String RECEIVE_BUFFERS = "net.ipv4.tcp_rmem=4096 131072 6291456";

  /** That, the largest send buffer of a proxy that sets none, and what it holds itself. */
  private static final long MAX_HELD_BYTES = (6 << 20) + (4 << 20) + (512 << 10);

  private static final String LANE = "client";
  private static final Set<String> CLIENTS = Set.of("curl", "wget", "requests", "urllib", "fetch");
  private static final Map<String, String> GENERATORS =
      Map.of("COATCHECK_MEMORY", "256MiB", "COATCHECK_MAX_BYTES", "20MiB");

  @TempDir private static Path shared;
  private static ProcessFleet fleet;
  private static ImageClient images;

  @TempDir private Path directory;

  @BeforeAll
  static void start() throws Exception {
    fleet = ProcessFleet.start(shared, 2, 2, GENERATORS, Map.of());
    fleet.network.attach(LANE);
    if (fleet.network.isPrivate()) {
      List<String> command = new ArrayList<>(fleet.network.within(LANE));
      command.addAll(List.of("sysctl", "-q", "-w", RECEIVE_BUFFERS));
      assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
    images = new ImageClient();
  }

  @AfterAll
  static void close() throws IOException {
    images.close();
    fleet.close();
  }

  @ParameterizedTest
  @EnumSource
  void noMoreIsLostThanTheKernelsHold(DocumentedProxy proxy) throws Exception {
    Assumptions.assumeTrue(proxy.isHere());
    Clients clients = Clients.open(CLIENTS);
    Account account = new Account(SEED);
    List<ProxyProcess> proxies = new ArrayList<>();
    try {
      List<String> entrances = new ArrayList<>();
      for (FleetProcess gateway : fleet.gateways) {
        ProxyProcess before = start(proxy, gateway);
        proxies.add(before);
        entrances.add(
            "http://%s:%d"
                .formatted(
                    before.address().getAddress().getHostAddress(), before.address().getPort()));
      }
      for (int n = 0; n < ROUNDS; n++) {
        Random random = new Random(new SplittableRandom(SEED + ((long) n << 32)).nextLong());
        Plan plan = Plan.of(n, random, clients.of(n, SEED), false, MIN_BYTES, MAX_SECONDS);
        account.add(new Round(fleet, LANE, entrances, images, plan, directory).run());
      }
    } finally {
      proxies.forEach(ProxyProcess::close);
    }
    System.out.println("behind " + proxy + ":");
    account.close(ROUNDS, ProxyTailsIT::isWithinTheKernels);
  }

  private ProxyProcess start(DocumentedProxy proxy, FleetProcess gateway)
      throws IOException, InterruptedException {
    String name = proxy + " before " + gateway;
    String host = fleet.network.attach(name);
    int port = FreePorts.inARow(2);
    InetSocketAddress http = ProcessFleet.socketAddress(gateway);
    return proxy.start(
        Settings.WHOLE,
        fleet.network.within(name),
        Files.createDirectories(directory.resolve(name.replace(' ', '-'))),
        new Ports(new InetSocketAddress(host, port), new InetSocketAddress(host, port + 1)),
        new Ports(http, http)); // nobody speaks gRPC here
  }

  private static boolean isWithinTheKernels(Outcome outcome) {
    return switch (outcome.fate()) {
      case WHOLE -> true;
      case LOST, TAKEN -> outcome.plan().sizeBytes() - outcome.heldBytes() <= MAX_HELD_BYTES;
      case TWICE, CORRUPTED, FAILED -> false;
    };
  }
}
