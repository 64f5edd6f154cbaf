package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.gateway.GatewayConfig;
import dev.coatcheck.gateway.GatewayServer;
import dev.coatcheck.generator.GeneratorConfig;
import dev.coatcheck.generator.GeneratorServer;
import dev.coatcheck.key.KeysetFile;
import dev.coatcheck.lambda.local.LocalLambda;
import dev.coatcheck.lambda.local.LocalLambdaConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;

/**
 * A fleet in one process, with the cheap function, all transfers, and insides that a test can look
 * at.
 */
public final class InProcessFleet implements AutoCloseable {

  private static final Duration SOON = Duration.ofSeconds(30);

  /** Warns, at length, of every reader that goes away in the middle. Held, or forgotten. */
  private static final Logger GRPC =
      Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler");

  static {
    GRPC.setLevel(Level.SEVERE);
  }

  final LocalLambda lambda;
  public final List<GeneratorServer> generators = new ArrayList<>();
  public final List<GatewayServer> gateways = new ArrayList<>();

  private final Map<String, Map<String, String>> settingsByAddress = new HashMap<>();

  private InProcessFleet(LocalLambda lambda) {
    this.lambda = lambda;
  }

  /**
   * Starts it.
   *
   * @param generatorSettings put over what the fleet sets itself
   */
  public static InProcessFleet start(
      Path directory, int generators, int gateways, Map<String, String> generatorSettings)
      throws Exception {
    return start(directory, generators, gateways, generatorSettings, Map.of());
  }

  /**
   * Starts it.
   *
   * @param generatorSettings put over what the fleet sets itself, as are {@code gatewaySettings}
   */
  public static InProcessFleet start(
      Path directory,
      int generators,
      int gateways,
      Map<String, String> generatorSettings,
      Map<String, String> gatewaySettings)
      throws Exception {
    Path keyset = directory.resolve("keyset.json");
    KeysetFile.create(keyset);
    InProcessFleet fleet =
        new InProcessFleet(new LocalLambda(LocalLambdaConfig.defaults()).start());
    int http = FreePorts.inARow(gateways + generators);
    List<String> addresses =
        IntStream.range(http + gateways, http + gateways + generators)
            .mapToObj(port -> "127.0.0.1:" + port)
            .toList();
    for (String address : addresses) {
      Map<String, String> settings = new HashMap<>();
      settings.put("COATCHECK_LISTEN", address);
      settings.put("COATCHECK_PEERS", FleetPlan.generatorsAt(addresses));
      settings.put("COATCHECK_MEMORY", "32MiB");
      settings.put("COATCHECK_MAX_BYTES", "8MiB");
      settings.put("COATCHECK_LINGER", "500ms");
      settings.put("COATCHECK_KEYSET", keyset.toString());
      settings.put("COATCHECK_LAMBDA_FUNCTION", "bytes=bytes");
      settings.put("COATCHECK_LAMBDA_ENDPOINT", fleet.lambda.url().toString());
      settings.put("COATCHECK_CALLBACK_URL", "http://127.0.0.1:" + http);
      settings.putAll(generatorSettings);
      fleet.settingsByAddress.put(address, settings);
      fleet.restart(address);
    }
    for (int i = 0; i < gateways; i++) {
      Map<String, String> settings = new HashMap<>();
      settings.put("COATCHECK_HTTP", "127.0.0.1:" + (http + i));
      settings.put("COATCHECK_GRPC", "127.0.0.1:0");
      settings.put("COATCHECK_KEYSET", keyset.toString());
      settings.put(
          "COATCHECK_GENERATORS",
          FleetPlan.generatorsAt(fleet.generators.stream().map(GeneratorServer::address).toList()));
      settings.putAll(gatewaySettings);
      fleet.gateways.add(GatewayServer.start(GatewayConfig.fromEnvironment(settings)));
    }
    await()
        .atMost(SOON)
        .until(() ->
            fleet.gateways.stream().allMatch(gateway -> gateway.fleet().active() == generators));
    return fleet;
  }

  /** Starts a generator, perhaps again, with the settings that it has at its address. */
  public void restart(String address) throws IOException {
    generators.add(
        GeneratorServer.start(
            GeneratorConfig.from(Objects.requireNonNull(settingsByAddress.get(address)))));
  }

  /** Where gateway {@code index} speaks HTTP. */
  public String http(int index) {
    return "http://127.0.0.1:" + gateways.get(index).httpPort();
  }

  /** Waits until all memory is free, no call of a function runs, and no relayed chunk is open. */
  public void awaitBaseline() {
    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          for (GeneratorServer generator : generators) {
            assertThat(generator.pool().freeBytes()).isEqualTo(generator.pool().budgetBytes());
            assertThat(generator.store().size()).isZero();
            assertThat(generator.functionCalls()).isZero();
          }
          for (GatewayServer gateway : gateways) {
            assertThat(gateway.relayStats().openChunks()).isZero();
          }
        });
  }

  @Override
  public void close() throws IOException {
    gateways.forEach(GatewayServer::close);
    generators.forEach(GeneratorServer::close);
    lambda.close();
  }
}
