package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.generator.GeneratorServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;

/**
 * A fleet that is used again and again, and must be as before each time: all memory free, no call
 * of a function, no chunk, and no connection but those that are kept.
 */
final class FaultyFleet implements AutoCloseable {

  /** The most images that are made at the same time. */
  static final int IMAGES_AT_ONCE = 6;

  /** What a function that pushes keeps open, for its next push: a connection for each part. */
  private static final int IDLE_PUSHES = IMAGES_AT_ONCE * 4;

  /** What a generator keeps open to Lambda: by its three clients, as many as ever ran at once. */
  private static final int IDLE_CALLS = IMAGES_AT_ONCE * 3;

  /** Less than an HTTP client keeps what it does not use, so that it does not hide what is left. */
  private static final Duration SOON = Duration.ofSeconds(10);

  final InProcessFleet fleet;
  final RpcCaller rpc;

  /** Asks the generator itself. */
  final RpcCaller generator;

  private final ImageClient client = new ImageClient();

  private FaultyFleet(InProcessFleet fleet) {
    this.fleet = fleet;
    this.rpc = new RpcCaller(fleet.gateways.getLast().grpcPort());
    this.generator = new RpcCaller(port(fleet.generators.getFirst()));
  }

  static FaultyFleet start(Path directory, Map<String, String> settings) throws Exception {
    Awaitility.setDefaultPollDelay(Duration.ZERO); // what is to be awaited mostly is so already
    Awaitility.setDefaultPollInterval(Duration.ofMillis(20));
    InProcessFleet fleet = InProcessFleet.start(directory, 1, 2, settings);
    return new FaultyFleet(fleet);
  }

  /** A new caller, of the gateway that {@link #rpc} does not use. */
  HttpCaller http(HttpClient.Version version) throws IOException {
    return new HttpCaller(fleet.http(0), version);
  }

  /** How many calls of functions the local Lambda has taken so far. */
  int calls() throws Exception {
    return outcomes().size();
  }

  /** How they ended, in their order. */
  List<String> outcomes() throws Exception {
    return client.get(fleet.lambda.url() + "/_local/invocations").findValuesAsText("outcome");
  }

  /** Runs them at the same time, and throws what the first of them throws. */
  static void together(List<Callable<?>> steps) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (Callable<?> step : steps) {
        running.add(threads.submit(step));
      }
      for (Future<?> step : running) {
        var _ = step.get();
      }
    }
  }

  /** Waits until nothing is left of what was done. */
  void awaitBaseline() {
    fleet.awaitBaseline();
    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          assertThat(Connections.to(grpcPorts(fleet)))
              .as("channels")
              .isLessThanOrEqualTo(mostChannels());
          assertThat(Connections.to(Set.of(fleet.gateways.getFirst().httpPort())))
              .as("connections of callers and pushing functions")
              .isLessThanOrEqualTo(IDLE_PUSHES);
          assertThat(Connections.to(Set.of(fleet.lambda.url().getPort())))
              .as("connections to Lambda")
              .isLessThanOrEqualTo(IDLE_CALLS + 1); // and the one that asks for its calls
        });
  }

  /** Each event loop of a gateway has two to the generator; and there are two callers. */
  private int mostChannels() {
    return fleet.gateways.size() * Runtime.getRuntime().availableProcessors() * 2 + 2;
  }

  private static Set<Integer> grpcPorts(InProcessFleet fleet) {
    return Set.of(
        fleet.gateways.getFirst().grpcPort(),
        fleet.gateways.getLast().grpcPort(),
        port(fleet.generators.getFirst()));
  }

  static int port(GeneratorServer generator) {
    String address = generator.address();
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  @Override
  public void close() throws IOException {
    Awaitility.reset();
    client.close();
    rpc.close();
    generator.close();
    fleet.close();
  }
}
