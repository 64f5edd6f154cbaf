package dev.coatcheck.cli.hostile;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.coatcheck.cli.FreePorts;
import dev.coatcheck.cli.ImageClient;
import dev.coatcheck.cli.fleet.FleetProcess;
import dev.coatcheck.cli.hostile.attack.Door;
import dev.coatcheck.key.KeysetFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The fleet that is attacked: a gateway, two generators and the local Lambda, each a process with
 * the script's own flags and an address of the loopback.
 *
 * <p><b>Threading:</b> one thread makes and ends it; any may ask.
 */
public final class Target implements AutoCloseable {

  static final int GENERATOR_MIB = 512;

  private static final Duration READY_WITHIN = Duration.ofMinutes(2);
  private static final String LAMBDA = "127.0.0.1";
  private static final int GENERATORS = 2;
  private static final int NETWORKS = 250;
  private static final int GRPC_OF_GATEWAY = 1;
  private static final int MANAGEMENT = 2;
  private static final int PORTS = 3;
  private static final AtomicInteger made = new AtomicInteger();

  private final ImageClient client = new ImageClient();
  private final Path directory;
  private final String keyset;
  private final int number =
      Math.floorMod((int) ProcessHandle.current().pid() + made.incrementAndGet(), NETWORKS);
  private final int port;
  private final FleetProcess lambda;
  private final List<FleetProcess> generators = new ArrayList<>();
  private final FleetProcess gateway;

  private Target(Path directory) throws IOException {
    this.directory = directory;
    port = FreePorts.inARow(PORTS);
    Path file = directory.resolve("keyset.json");
    KeysetFile.create(file);
    keyset = file.toString();
    lambda = process("lambda", LAMBDA, Map.of("COATCHECK_LISTEN", LAMBDA + ":" + port));
    StringBuilder addresses = new StringBuilder("static:///");
    for (int i = 0; i < GENERATORS; i++) {
      addresses.append(i == 0 ? "" : ",").append(generatorHost(i)).append(':').append(port);
    }
    for (int i = 0; i < GENERATORS; i++) {
      generators.add(generator(i, addresses.toString()));
    }
    gateway =
        process(
            "gateway",
            gatewayHost(),
            Map.of(
                "COATCHECK_HTTP", gatewayHost() + ":" + port,
                "COATCHECK_GRPC", gatewayHost() + ":" + (port + GRPC_OF_GATEWAY),
                "COATCHECK_MANAGEMENT", gatewayHost() + ":" + (port + MANAGEMENT),
                "COATCHECK_GENERATORS", addresses.toString()));
  }

  /** Starts it, and returns when the gateway sees both generators. */
  public static Target start() throws IOException, InterruptedException {
    Path directory = Files.createDirectories(Path.of("target", "hostile-" + System.nanoTime()));
    Target target = new Target(directory.toAbsolutePath());
    try {
      for (FleetProcess process : target.all()) {
        process.begin();
      }
      for (FleetProcess process : target.all()) {
        process.awaitUp();
      }
      target.awaitReady();
      return target;
    } catch (IOException | InterruptedException | RuntimeException e) {
      target.close();
      throw e;
    }
  }

  private FleetProcess generator(int index, String addresses) {
    Map<String, String> own = new HashMap<>();
    own.put("COATCHECK_MEMORY", GENERATOR_MIB + "MiB");
    own.put("COATCHECK_LAMBDA_FUNCTION", "bytes=bytes");
    own.put("COATCHECK_LAMBDA_ENDPOINT", lambdaUrl());
    own.put("COATCHECK_LISTEN", generatorHost(index) + ":" + port);
    own.put("COATCHECK_PEERS", addresses);
    own.put("COATCHECK_MANAGEMENT", generatorHost(index) + ":" + (port + MANAGEMENT));
    return process("generator " + (index + 1), generatorHost(index), own);
  }

  private FleetProcess process(String name, String host, Map<String, String> own) {
    String script = Path.of("..", "coatcheck").toAbsolutePath().normalize().toString();
    Map<String, String> all = new HashMap<>(own);
    all.put("COATCHECK_KEYSET", keyset);
    return new FleetProcess(
        name,
        host + ":" + port,
        List.of(script, name.split(" ", 2)[0], "--supervised"),
        all,
        directory.resolve(name.replace(' ', '-') + ".log"));
  }

  private String host(int last) {
    return "127.78." + number + "." + last;
  }

  private String gatewayHost() {
    return host(2);
  }

  private String generatorHost(int index) {
    return host(3 + index);
  }

  private String lambdaUrl() {
    return "http://" + LAMBDA + ":" + port;
  }

  private void awaitReady() {
    await("the gateway sees all generators")
        .atMost(READY_WITHIN)
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() ->
            client.get(http() + "/readyz").path("generators").path("active").asInt() == GENERATORS);
  }

  private List<FleetProcess> all() {
    List<FleetProcess> all = new ArrayList<>(attacked());
    all.addFirst(lambda);
    return all;
  }

  /** The gateway and the generators. */
  List<FleetProcess> attacked() {
    List<FleetProcess> attacked = new ArrayList<>(generators);
    attacked.addFirst(gateway);
    return attacked;
  }

  /** Those of them that have ended. */
  public List<String> dead() {
    return attacked().stream()
        .filter(process -> !process.isAlive())
        .map(FleetProcess::name)
        .toList();
  }

  /** Where the gateway speaks HTTP. */
  String http() {
    return "http://" + gateway.address();
  }

  /** Where the gateway speaks gRPC. */
  String grpc() {
    return gatewayHost() + ":" + (port + GRPC_OF_GATEWAY);
  }

  /** Where a door is; of the generators' doors those of the first. */
  public InetSocketAddress address(Door door) {
    return switch (door) {
      case GATEWAY_HTTP -> new InetSocketAddress(gatewayHost(), port);
      case GATEWAY_GRPC -> new InetSocketAddress(gatewayHost(), port + GRPC_OF_GATEWAY);
      case GATEWAY_MANAGEMENT -> new InetSocketAddress(gatewayHost(), port + MANAGEMENT);
      case GENERATOR_GRPC -> new InetSocketAddress(generatorHost(0), port);
      case GENERATOR_MANAGEMENT -> new InetSocketAddress(generatorHost(0), port + MANAGEMENT);
    };
  }

  /** The numbers of the latest thousand invocations of functions. */
  List<String> invocations() throws IOException, InterruptedException {
    List<String> ids = new ArrayList<>();
    for (JsonNode invocation : client.get(lambdaUrl() + "/_local/invocations")) {
      ids.add(invocation.path("id").asText());
    }
    return ids;
  }

  @Override
  public void close() {
    client.close();
    try {
      for (FleetProcess process : all().reversed()) {
        if (process.isAlive()) {
          process.kill();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
