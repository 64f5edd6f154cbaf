package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.generator.GeneratorServer;
import dev.coatcheck.lambda.local.bytes.BytesFunction;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Generators that leave a fleet, seen by those who pick images up through its gateways. */
@Timeout(180)
class HandoffIT {

  private static final int MIB = 1 << 20;
  private static final Duration SOON = Duration.ofSeconds(30);

  /** How many images there are while a generator drains. */
  private static final int IMAGES = Integer.getInteger("coatcheck.handoff.images", 60);

  /** How much is moved at once, to see how fast. */
  private static final int MOVED_MIB = Integer.getInteger("coatcheck.handoff.mib", 64);

  private static final int ORDERS = 40;

  @TempDir private Path directory;

  private final ImageClient client = new ImageClient();
  private @Nullable InProcessFleet started;

  @AfterEach
  void nothingIsLeft() throws Exception {
    try (InProcessFleet ending = fleet()) {
      ending.awaitBaseline();
    } finally {
      client.close();
    }
  }

  /**
   * 1. Many create through one gateway and pick up through the other, some of them in two halves.
   * 2. Meanwhile a generator drains and ends, and then another. 3. Everybody has their image, with
   * a resume at most.
   */
  @Test
  void drainsUnderLoadLoseNothing() throws Exception {
    started = InProcessFleet.start(directory, 3, 2, Map.of("COATCHECK_MEMORY", "128MiB"));
    CountDownLatch half = new CountDownLatch(IMAGES / 3);
    List<Callable<byte[]>> users = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      int user = i;
      users.add(() -> {
        Thread.sleep(Duration.ofMillis(20L * user)); // they come one after the other
        String location = client.create(fleet().http(user % 2), small(size(user), user));
        half.countDown();
        return whole((user + 1) % 2, location, user % 3 == 0);
      });
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<byte[]>> picked = new ArrayList<>();
      users.forEach(user -> picked.add(threads.submit(user)));
      half.await();
      leave(fleet().generators.getFirst());
      leave(fleet().generators.getFirst());
      for (int i = 0; i < picked.size(); i++) {
        assertThat(picked.get(i).get()).isEqualTo(BytesFunction.content(size(i), i));
      }
    }
  }

  /** The home has exited, and no gateway has ever heard where the image went. */
  @Test
  void imageIsFoundAfterItsHomeHasExited() throws Exception {
    started = InProcessFleet.start(directory, 2, 1, Map.of());
    String location = client.create(http(), small(400_000, 1));
    assertThat(client.finished(http(), location).path("state").asText()).isEqualTo("COMPLETE");
    leave(holder());

    assertThat(client.content(http(), location).body())
        .isEqualTo(BytesFunction.content(400_000, 1));
    assertThat(client.contentAgain(http(), location).statusCode()).isEqualTo(410);
  }

  /** 1. The home dies with its image: 503. 2. It is started anew at its address: 410. */
  @Test
  void lostIsSaidWhenItIsKnown() throws Exception {
    started = InProcessFleet.start(directory, 2, 1, Map.of());
    String location = client.create(http(), small(400_000, 1));
    assertThat(client.finished(http(), location).path("state").asText()).isEqualTo("COMPLETE");
    GeneratorServer home = holder();
    home.close();
    fleet().generators.remove(home);

    HttpResponse<byte[]> unknown = client.content(http(), location);
    assertThat(unknown.statusCode()).isEqualTo(503);
    assertThat(unknown.headers().firstValueAsLong("Retry-After").orElseThrow()).isPositive();

    fleet().restart(home.address());
    HttpResponse<byte[]> lost =
        await()
            .atMost(SOON)
            .until(() -> client.content(http(), location), answer -> answer.statusCode() != 503);
    assertThat(lost.statusCode()).isEqualTo(410);
    assertThat(ImageClient.json(lost.body()).path("reason").asText()).isEqualTo("IMAGE_LOST");
  }

  /** Gateways and generators agree on who is next for a create's id. */
  @Test
  void createThatIsSentAgainMeetsItsImageWhereItWent() throws Exception {
    started = InProcessFleet.start(directory, 4, 1, Map.of());
    Map<String, String> locations = new HashMap<>();
    for (int i = 0; i < ORDERS; i++) {
      locations.put("order-" + i, ordered("order-" + i));
    }
    for (String location : locations.values()) {
      assertThat(client.finished(http(), location).path("state").asText()).isEqualTo("COMPLETE");
    }
    GeneratorServer leaving = fleet().generators.getFirst();
    assertThat(leaving.store().size()).isPositive();
    leave(leaving);
    await().atMost(SOON).until(() -> fleet().gateways.getFirst().fleet().active() == 3);

    for (var order : locations.entrySet()) {
      assertThat(ordered(order.getKey())).isEqualTo(order.getValue());
      assertThat(client.delete(http(), order.getValue())).isEqualTo(204);
    }
  }

  private String ordered(String id) throws Exception {
    try (var caller = new HttpCaller(http(), HttpClient.Version.HTTP_1_1)) {
      var answer =
          caller.send(
              "POST",
              "/v1/images",
              small(10_000, 1),
              "Content-Type",
              "application/json",
              "Idempotency-Key",
              id);
      assertThat(answer.statusCode()).isEqualTo(202);
      return answer.headers().firstValue("Location").orElseThrow();
    }
  }

  /** All of a generator's memory, in images of 8 MiB, goes in less time than any grace. */
  @Test
  void movesFast() throws Exception {
    int count = MOVED_MIB / 8;
    started =
        InProcessFleet.start(
            directory,
            2,
            1,
            Map.of("COATCHECK_MEMORY", (2 * MOVED_MIB + 16) + "MiB", "COATCHECK_GRACE", "60s"));
    List<String> locations = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      locations.add(
          client.create(
              http(),
              "{\"spec\": {\"sizeBytes\": %d, \"seed\": %d}, \"transfer\": \"RESPONSE_STREAM\"}"
                  .formatted(8 * MIB, i)));
    }
    for (String location : locations) {
      assertThat(client.finished(http(), location).path("state").asText()).isEqualTo("COMPLETE");
    }
    GeneratorServer leaving = fleet().generators.getFirst();
    int held = leaving.store().size();
    long start = System.nanoTime();
    leave(leaving);
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf("moved %d MiB in %.1f s%n", 8 * held, seconds);

    assertThat(fleet().generators.getFirst().store().size()).isEqualTo(count);
    for (String location : locations) {
      assertThat(client.delete(http(), location)).isEqualTo(204);
    }
  }

  private void leave(GeneratorServer leaving) throws InterruptedException {
    leaving.drain();
    leaving.close();
    fleet().generators.remove(leaving);
  }

  private GeneratorServer holder() {
    return fleet().generators.stream()
        .filter(generator -> generator.store().size() == 1)
        .findFirst()
        .orElseThrow();
  }

  /** Every third is more than all buffers on its way hold, so that its pickup can break. */
  private static int size(int user) {
    return user % 3 == 0 ? 5 * MIB + user : 300_000 + user;
  }

  /** What a patient client gets, which reads half of it at first, or all. */
  private byte[] whole(int gateway, String location, boolean inHalves) throws Exception {
    if (inHalves) {
      try (InputStream begun = client.beginContent(fleet().http(gateway), location).body()) {
        begun.readNBytes(100_000);
      }
    }
    return await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .ignoreException(IOException.class)
        .until(
            () -> client.content(fleet().http(gateway), location),
            answer -> answer.statusCode() == 200 || answer.statusCode() == 410)
        .body();
  }

  private InProcessFleet fleet() {
    return Objects.requireNonNull(started);
  }

  private String http() {
    return fleet().http(0);
  }

  private static String small(int size, int seed) {
    return "{\"spec\": {\"sizeBytes\": %d, \"seed\": %d}, \"maxBytes\": %d}"
        .formatted(size, seed, size);
  }
}
