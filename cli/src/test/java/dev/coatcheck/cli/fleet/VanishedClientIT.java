package dev.coatcheck.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.cli.ImageClient;
import dev.coatcheck.cli.fleet.Network.Cut;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client whose kernel has acknowledged all when its network goes away for good. */
@Timeout(240)
class VanishedClientIT {

  /** What a kernel takes of a connection that is not read. */
  private static final int SIZE_BYTES = 50_000;

  private static final int READ_BYTES = 20_000;

  private static final String SCRIPT =
      """
      exec 3<>"/dev/tcp/$0/$1"
      printf 'GET %s HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n' "$2" >&3
      head -c "$4" <&3 >"$3"
      exec sleep 600
      """;

  private static final String CLIENT = "vanishing client";

  /** Longer than a gateway waits where the connection is well. */
  private static final Duration CONFIRMATION_TIME = Duration.ofSeconds(10);

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir private Path directory;

  private final ImageClient images = new ImageClient();
  private final HttpClient stranger = HttpClient.newHttpClient();
  private ProcessFleet fleet;

  @BeforeEach
  void start() throws Exception {
    fleet = ProcessFleet.start(directory, 1, 2, Map.of());
  }

  @AfterEach
  void stop() throws IOException {
    images.close();
    stranger.shutdownNow();
    fleet.close();
  }

  /**
   * 1. Its program has a part, and its kernel the rest. 2. Its network goes away. 3. The time goes
   * by in which a client whose connection is well counts as having read all; then it ends, unseen.
   * 4. Somebody with the key alone goes on, through another gateway.
   */
  @Test
  void hasNotReceivedWhatItsKernelHadAcknowledged() throws Exception {
    if (!fleet.network.isPrivate()) {
      System.out.println("left out: a client that is cut off, for want of network namespaces");
      return;
    }
    String gateway = ProcessFleet.http(fleet.gateways.get(0));
    String location =
        images.create(
            gateway,
            "{\"maxBytes\": %d, \"spec\": {\"sizeBytes\": %d}}".formatted(SIZE_BYTES, SIZE_BYTES));
    assertThat(images.finished(gateway, location).path("state").asText()).isEqualTo("COMPLETE");
    Path file = directory.resolve("image");
    Process client = download(fleet.gateways.get(0), location + "/content", file);
    try {
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> Files.exists(file) && Files.size(file) == READ_BYTES);
      fleet.network.cut(CLIENT, Cut.BOTH_WAYS);
      Thread.sleep(CONFIRMATION_TIME);
    } finally {
      client.destroyForcibly().waitFor();
    }

    URI content = URI.create(ProcessFleet.http(fleet.gateways.get(1)) + location + "/content");
    assertThat(resume(content, READ_BYTES / 2)).isEqualTo(206);
  }

  /** Reads that much, and then lives on. */
  private Process download(FleetProcess gateway, String path, Path file)
      throws IOException, InterruptedException {
    fleet.network.attach(CLIENT);
    InetSocketAddress address = ProcessFleet.socketAddress(gateway);
    List<String> command = new ArrayList<>(fleet.network.within(CLIENT));
    command.addAll(List.of("bash", "-c", SCRIPT, address.getHostString()));
    command.addAll(
        List.of(Integer.toString(address.getPort()), path, file.toString(), "" + READ_BYTES));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("client.log").toFile())
        .start();
  }

  /** The final answer to a request for the rest. */
  private int resume(URI content, long offset) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(content).header("Range", "bytes=" + offset + "-").build();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    HttpResponse<Void> answer = stranger.send(request, BodyHandlers.discarding());
    while (answer.statusCode() == 409 && System.nanoTime() < deadline) {
      Thread.sleep(Duration.ofSeconds(1));
      answer = stranger.send(request, BodyHandlers.discarding());
    }
    return answer.statusCode();
  }
}
