package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.gateway.relay.RelayStats;
import dev.coatcheck.lambda.local.bytes.BytesFunction;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A fleet in one process, so that a test can look inside: after each, all memory is free again and
 * no relayed chunk is open.
 */
@Timeout(120)
class InProcessFleetIT {

  private static final int MIB = 1 << 20;
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir private Path directory;

  private final ImageClient client = new ImageClient();
  private InProcessFleet fleet;

  @BeforeEach
  void start() throws Exception {
    fleet = InProcessFleet.start(directory, 2, 2, Map.of());
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    try (InProcessFleet ending = fleet) {
      ending.awaitBaseline();
    } finally {
      client.close();
    }
  }

  @Test
  void deliveredImageLeavesAfterItsLinger() throws Exception {
    String location = client.create(gateway(0), bytes(3 * MIB + 5, 1));

    assertThat(client.content(gateway(1), location).body())
        .isEqualTo(BytesFunction.content(3 * MIB + 5, 1));
    assertThat(client.contentAgain(gateway(0), location).statusCode()).isEqualTo(410);
  }

  @Test
  void manyAtOnceGetEachTheirOwn() throws Exception {
    List<Callable<byte[]>> users = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      int user = i;
      users.add(() -> {
        String location = client.create(gateway(user % 2), small(200_000 + user, user));
        return client.content(gateway((user + 1) % 2), location).body();
      });
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<byte[]>> picked = threads.invokeAll(users);
      for (int i = 0; i < picked.size(); i++) {
        assertThat(picked.get(i).get()).isEqualTo(BytesFunction.content(200_000 + i, i));
      }
    }
  }

  /**
   * 1. A client leaves in the middle. 2. It comes again, through the other gateway, with the key.
   */
  @Test
  void abandonedDeliveryCostsNothing() throws Exception {
    int size = 6 * MIB;
    String location = client.create(gateway(0), bytes(size, 7));
    try (InputStream begun = client.beginContent(gateway(0), location).body()) {
      assertThat(begun.readNBytes(100_000)).hasSize(100_000);
    }

    HttpResponse<byte[]> picked =
        await()
            .atMost(SOON)
            .until(
                () -> client.content(gateway(1), location), answer -> answer.statusCode() != 409);

    assertThat(picked.statusCode()).isEqualTo(200);
    assertThat(picked.body()).isEqualTo(BytesFunction.content(size, 7));
  }

  @Test
  void functionThatFailsHalfWayBreaksTheDeliveryAndFreesTheMemory() throws Exception {
    String location = client.create(gateway(0), failing(4 * MIB, 2 * MIB));

    assertThatThrownBy(() -> wholeContent(location)).isInstanceOf(IOException.class);
    assertThat(client.finished(gateway(1), location).path("state").asText()).isEqualTo("FAILED");
    assertThat(client.content(gateway(1), location).statusCode()).isEqualTo(502);
  }

  @Test
  void deletedWhileItIsMadeAndRead() throws Exception {
    String slow =
        """
        {"spec": {"sizeBytes": 8000000, "seed": 3, "bytesPerSecond": 1000000}}
        """;
    String location = client.create(gateway(0), slow);
    InputStream begun = client.beginContent(gateway(1), location).body();
    assertThat(begun.readNBytes(1000)).hasSize(1000);

    assertThat(client.delete(gateway(0), location)).isEqualTo(204);

    assertThatThrownBy(begun::readAllBytes).isInstanceOf(IOException.class);
    assertThat(client.content(gateway(1), location).statusCode()).isEqualTo(410);
  }

  /** A message whose frame was cut lies in two buffers; each is written by itself. */
  @Test
  void messagesLieInOneBufferEachAlsoWhereDownloadsShareAConnection() throws Exception {
    int size = 7 * MIB;
    List<String> locations = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      locations.add(client.create(gateway(0), bytes(size, 1)));
    }
    for (String location : locations) {
      client.finished(gateway(0), location);
    }

    List<Callable<Integer>> users =
        locations.stream()
            .<Callable<Integer>>map(
                location -> () -> client.content(gateway(0), location).body().length)
            .toList();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> picked : threads.invokeAll(users)) {
        assertThat(picked.get()).isEqualTo(size);
      }
    }

    RelayStats stats = fleet.gateways.getFirst().relayStats();
    assertThat(stats.buffers()).isLessThan(stats.messages() * 21 / 20);
  }

  @Test
  void forgedKeyIsNoImage() throws Exception {
    assertThat(client.content(gateway(0), "/v1/images/" + "A".repeat(90)).statusCode())
        .isEqualTo(404);
  }

  /** Reads to the end; a status that is not 200 is no end. */
  private void wholeContent(String location) throws IOException, InterruptedException {
    var answer = client.beginContent(gateway(1), location);
    try (InputStream body = answer.body()) {
      body.readAllBytes();
    }
    if (answer.statusCode() != 200) {
      throw new IOException("status " + answer.statusCode());
    }
  }

  private String gateway(int index) {
    return fleet.http(index);
  }

  private static String bytes(int size, int seed) {
    return "{\"spec\": {\"sizeBytes\": %d, \"seed\": %d}}".formatted(size, seed);
  }

  private static String small(int size, int seed) {
    return "{\"spec\": {\"sizeBytes\": %d, \"seed\": %d}, \"maxBytes\": 1048576}"
        .formatted(size, seed);
  }

  private static String failing(int size, int failAtByte) {
    return "{\"spec\": {\"sizeBytes\": %d, \"seed\": 1, \"fault\": {\"failAtByte\": %d}}}"
        .formatted(size, failAtByte);
  }
}
