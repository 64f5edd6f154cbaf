package dev.coatcheck.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.cli.FreePorts;
import dev.coatcheck.cli.ImageClient;
import dev.coatcheck.key.KeysetFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A fleet of real processes, one each for the local Lambda, the generators and the gateways, which
 * find each other by a name in a file of hosts.
 *
 * <p><b>Threading:</b> one thread makes and ends it; others may use what it has.
 */
public final class ProcessFleet implements AutoCloseable {

  private static final Duration SOON = Duration.ofMinutes(3);

  /** An image whose create was answered to nobody is gone after its time to live. */
  private static final Duration WHAT_NOBODY_KNOWS = Duration.ofSeconds(100);

  private static final String NAME = "generators";
  private static final int GRPC_OF_GATEWAY = 1;
  private static final int MANAGEMENT = 2;

  /** Each on its own address. */
  private static final int PORTS = 4;

  public final Network network;
  final Path keyset;
  public final List<FleetProcess> generators = new CopyOnWriteArrayList<>();
  public final List<FleetProcess> gateways = new ArrayList<>();

  private final Path directory;
  private final int port;
  private final String lambdaUrl;
  private final FleetProcess lambda;
  private final ImageClient client = new ImageClient();
  private final Map<String, String> settings;
  private final Map<String, String> gatewaySettings;

  // state
  private int generatorsMade;

  private ProcessFleet(
      Network network,
      Path directory,
      Map<String, String> settings,
      Map<String, String> gatewaySettings)
      throws IOException, InterruptedException {
    this.network = network;
    this.directory = directory;
    this.settings = settings;
    this.gatewaySettings = gatewaySettings;
    keyset = directory.resolve("keyset.json");
    KeysetFile.create(keyset);
    port = FreePorts.inARow(PORTS);
    String host = network.isPrivate() ? network.attach("lambda") : "127.0.0.1";
    lambdaUrl = "http://" + host + ":" + port;
    lambda =
        process(
            "lambda",
            host,
            network.isPrivate() ? List.copyOf(network.within("lambda")) : List.of(),
            Map.of("COATCHECK_LISTEN", (network.isPrivate() ? "0.0.0.0:" : host + ":") + port));
  }

  /**
   * Starts it.
   *
   * @param settings put over what the fleet sets itself
   */
  static ProcessFleet start(
      Path directory, int generators, int gateways, Map<String, String> settings)
      throws IOException, InterruptedException {
    return start(directory, generators, gateways, settings, Map.of());
  }

  /**
   * Starts it.
   *
   * @param settings put over what the fleet sets its generators itself
   * @param gatewaySettings the same for its gateways
   */
  public static ProcessFleet start(
      Path directory,
      int generators,
      int gateways,
      Map<String, String> settings,
      Map<String, String> gatewaySettings)
      throws IOException, InterruptedException {
    ProcessFleet fleet = new ProcessFleet(Network.open(), directory, settings, gatewaySettings);
    try {
      fleet.lambda.begin();
      for (int i = 1; i <= generators; i++) {
        fleet.newGenerator(Map.of());
      }
      fleet.name(fleet.generators);
      for (int i = 1; i <= gateways; i++) {
        fleet.newGateway();
      }
      fleet.mend();
      return fleet;
    } catch (IOException | InterruptedException | RuntimeException e) {
      fleet.close();
      throw e;
    }
  }

  /** A generator that is not started yet, and that no name stands for. */
  FleetProcess newGenerator(Map<String, String> own) throws IOException, InterruptedException {
    String name = "generator " + ++generatorsMade;
    String host = network.attach(name);
    Map<String, String> all = new HashMap<>();
    all.put("COATCHECK_MEMORY", "96MiB");
    all.put("COATCHECK_LINGER", "1s");
    all.put("COATCHECK_LAMBDA_FUNCTION", "bytes=bytes");
    all.put("COATCHECK_LAMBDA_ENDPOINT", lambdaUrl);
    all.put("COATCHECK_LISTEN", host + ":" + network.portBehind(host, port));
    all.put("COATCHECK_ADVERTISE", host + ":" + port);
    all.put("COATCHECK_PEERS", "dns:///" + NAME + ":" + port);
    all.put("COATCHECK_MANAGEMENT", host + ":" + (port + MANAGEMENT));
    all.putAll(settings);
    all.putAll(own);
    FleetProcess generator = process(name, host, network.within(name), all);
    generators.add(generator);
    return generator;
  }

  private void newGateway() throws IOException, InterruptedException {
    String name = "gateway " + (gateways.size() + 1);
    String host = network.attach(name);
    Map<String, String> all = new HashMap<>();
    all.put("COATCHECK_HTTP", host + ":" + port);
    all.put("COATCHECK_GRPC", host + ":" + (port + GRPC_OF_GATEWAY));
    all.put("COATCHECK_MANAGEMENT", host + ":" + (port + MANAGEMENT));
    all.put("COATCHECK_GENERATORS", "dns:///" + NAME + ":" + port);
    all.putAll(gatewaySettings);
    gateways.add(process(name, host, network.within(name), all));
  }

  private FleetProcess process(
      String name, String host, List<String> within, Map<String, String> own) {
    List<String> command = new ArrayList<>(within);
    String role = name.split(" ", 2)[0];
    command.addAll(
        List.of(
            Path.of("..", "coatcheck").toAbsolutePath().normalize().toString(),
            role,
            "--supervised"));
    Map<String, String> all = new HashMap<>(own);
    all.put(
        "COATCHECK_JAVA_OPTS",
        String.join(
            " ",
            "-XX:TieredStopAtLevel=1",
            "-Djdk.net.hosts.file=" + hosts(),
            "-Dsun.net.inetaddr.ttl=1",
            "-Dsun.net.inetaddr.negative.ttl=0",
            "-Dnetworkaddress.cache.ttl=1",
            own.getOrDefault("COATCHECK_JAVA_OPTS", "")));
    all.put("COATCHECK_KEYSET", keyset.toString());
    Path log = directory.resolve(name.replace(' ', '-') + ".log");
    return new FleetProcess(name, host + ":" + port, command, all, log);
  }

  private Path hosts() {
    return directory.resolve("hosts");
  }

  /** Says which generators the name stands for. */
  void name(List<FleetProcess> named) throws IOException {
    StringBuilder text = new StringBuilder("127.0.0.1 localhost\n");
    text.append("127.0.0.1 ").append(InetAddress.getLocalHost().getHostName()).append('\n');
    named.forEach(
        generator -> text.append(host(generator.address())).append(' ').append(NAME).append('\n'));
    Path fresh = directory.resolve("hosts.new");
    Files.writeString(fresh, text);
    Files.move(fresh, hosts(), StandardCopyOption.ATOMIC_MOVE);
  }

  private static String host(String address) {
    return address.substring(0, address.lastIndexOf(':'));
  }

  /** Starts what does not run, and waits until every gateway sees every generator. */
  void mend() throws IOException, InterruptedException {
    List<FleetProcess> all = new ArrayList<>(generators);
    all.addAll(gateways);
    all.add(lambda);
    for (FleetProcess process : all) {
      if (!process.isAlive()) {
        process.begin();
      }
    }
    for (FleetProcess process : all) {
      process.awaitUp();
    }
    awaitActive(generators.size());
  }

  /** Waits until every gateway sees so many generators, all of which take images. */
  void awaitActive(int count) {
    for (FleetProcess gateway : gateways) {
      await(gateway + " sees " + count)
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(50))
          .ignoreException(IOException.class)
          .until(() -> {
            var seen = client.get(http(gateway) + "/readyz").path("generators");
            return seen.path("known").asInt() == count && seen.path("active").asInt() == count;
          });
    }
  }

  /** Where a gateway speaks HTTP. */
  public static String http(FleetProcess gateway) {
    return "http://" + gateway.address();
  }

  /** The same, as a socket knows it. */
  public static InetSocketAddress socketAddress(FleetProcess gateway) {
    String address = gateway.address();
    return new InetSocketAddress(
        host(address), Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
  }

  /** Where a gateway speaks gRPC. */
  public static String grpc(FleetProcess gateway) {
    return gateway.setting("COATCHECK_GRPC");
  }

  /** What operators of a process can ask. */
  AdminClient operator(FleetProcess process) {
    return AdminClient.at(host(process.address()), port + MANAGEMENT);
  }

  /** Waits until no generator holds anything, and all memory is free. */
  public void awaitEmpty() {
    for (FleetProcess generator : generators) {
      try (AdminClient operator = operator(generator);
          AdminClient itself = AdminClient.at(generator.address())) {
        long budget = bytes(generator.setting("COATCHECK_MEMORY"));
        await(generator + " is empty")
            .atMost(WHAT_NOBODY_KNOWS)
            .pollInterval(Duration.ofMillis(200))
            .untilAsserted(() -> {
              assertThat(operator.images()).isEmpty();
              assertThat(itself.freeBytes()).isEqualTo(budget);
            });
      }
    }
  }

  private static long bytes(String mebibytes) {
    return Long.parseLong(mebibytes.replace("MiB", "")) << 20;
  }

  /** Ends it at once. */
  @Override
  public void close() throws IOException {
    client.close();
    List<FleetProcess> all = new ArrayList<>(gateways);
    all.addAll(generators);
    all.add(lambda);
    try {
      for (FleetProcess process : all) {
        if (process.isAlive()) {
          process.kill();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    network.close();
  }
}
