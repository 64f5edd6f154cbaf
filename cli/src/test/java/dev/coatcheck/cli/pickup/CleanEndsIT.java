package dev.coatcheck.cli.pickup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.cli.ImageClient;
import dev.coatcheck.cli.InProcessFleet;
import dev.coatcheck.testing.Http2Download;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that pick an image up whole and then close: whoever asks for it next, through another
 * gateway, is told that it is gone, and is never given it.
 *
 * <p>{@code -Dcoatcheck.ends} says how many pickups there are, {@code -Dcoatcheck.seed} which. It
 * prints how long after the end an image was gone for others.
 */
class CleanEndsIT {

  /** How a client ends. */
  private enum Way {
    /** It asked for the connection to be closed behind the response. */
    CONNECTION_CLOSE,
    /** It closes a connection that could be used again. */
    HTTP_1_1,
    /** The same over HTTP/2. */
    HTTP_2
  }

  private static final int ENDS = Integer.getInteger("coatcheck.ends", 120);
  private static final long SEED = Long.getLong("coatcheck.seed", new Random().nextInt(1 << 20));
  private static final int LANES = 4;
  private static final int MIN_BYTES = 10_000;
  private static final int MAX_BYTES = 2_000_000;
  private static final int HTTP2_WINDOW_BYTES = 4 << 20;
  private static final Duration POLL_INTERVAL = Duration.ofMillis(5);

  @TempDir private Path directory;

  private final ImageClient images = new ImageClient();
  private final AtomicInteger next = new AtomicInteger();
  private final Map<Way, List<Duration>> times = new EnumMap<>(Way.class);
  private InProcessFleet fleet;

  @BeforeEach
  void start() throws Exception {
    fleet = InProcessFleet.start(directory, 2, 2, Map.of("COATCHECK_LINGER", "30s"));
  }

  @AfterEach
  void stop() throws IOException {
    images.close();
    fleet.close();
  }

  @Test
  void imageIsGoneForAllOthers() throws Exception {
    List<Future<?>> lanes = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(LANES)) {
      for (int lane = 0; lane < LANES; lane++) {
        lanes.add(
            threads.submit(() -> {
              for (int n = next.getAndIncrement(); n < ENDS; n = next.getAndIncrement()) {
                pickUp(n, new Random(SEED * 1_000_003 + n));
              }
              return null;
            }));
      }
      for (Future<?> lane : lanes) {
        lane.get();
      }
    }
    System.out.printf("%d clean ends, seed %d: gone for others after%n", ENDS, SEED);
    times.forEach(CleanEndsIT::print);
  }

  private void pickUp(int number, Random random) throws Exception {
    int sizeBytes = random.nextInt(MIN_BYTES, MAX_BYTES);
    String location =
        images.create(
            fleet.http(number % 2),
            "{\"maxBytes\": %d, \"spec\": {\"sizeBytes\": %d, \"seed\": %d}}"
                .formatted(sizeBytes, sizeBytes, number));
    assertThat(images.finished(fleet.http(number % 2), location).path("state").asText())
        .isEqualTo("COMPLETE");
    Way way = Way.values()[random.nextInt(Way.values().length)];
    int received =
        switch (way) {
          case CONNECTION_CLOSE -> download(number, location);
          case HTTP_1_1 -> downloadOverHttp1(number, location);
          case HTTP_2 -> downloadOverHttp2(number, location);
        };
    long endNanos = System.nanoTime();
    assertThat(received).isEqualTo(sizeBytes);
    assertThat(anotherIsTold((number + 1) % 2, location))
        .as("pickup %d, %s", number, way)
        .isEqualTo(410);
    Duration time = Duration.ofNanos(System.nanoTime() - endNanos);
    synchronized (times) {
      times.computeIfAbsent(way, _ -> new ArrayList<>()).add(time);
    }
  }

  private int download(int number, String location) throws IOException {
    AtomicInteger received = new AtomicInteger();
    int port = fleet.gateways.get(number % 2).httpPort();
    try (Download download = Download.get(port, location + "/content", Map.of())) {
      download.read((_, length) -> received.addAndGet(length));
    }
    return received.get();
  }

  private int downloadOverHttp1(int number, String location) throws Exception {
    try (HttpClient client = HttpClient.newBuilder().version(Version.HTTP_1_1).build()) {
      URI content = URI.create(fleet.http(number % 2) + location + "/content");
      return client
          .send(HttpRequest.newBuilder(content).build(), BodyHandlers.ofByteArray())
          .body()
          .length;
    }
  }

  private int downloadOverHttp2(int number, String location) throws IOException {
    int port = fleet.gateways.get(number % 2).httpPort();
    try (Http2Download download =
        Http2Download.get(port, location + "/content", HTTP2_WINDOW_BYTES)) {
      download.readToEnd();
      return download.receivedBytes();
    }
  }

  /** The status of a request by somebody else, once it is known whether the image was received. */
  private int anotherIsTold(int gateway, String location) throws Exception {
    int status = 409;
    while (status == 409) {
      Thread.sleep(POLL_INTERVAL);
      int port = fleet.gateways.get(gateway).httpPort();
      try (Download another = Download.get(port, location + "/content", Map.of())) {
        status = another.head().status();
      }
    }
    return status;
  }

  private static void print(Way way, List<Duration> times) {
    List<Duration> sorted = times.stream().sorted().toList();
    System.out.printf(
        "%-16s %5d pickups, median %d ms, 99 of 100 %d ms, worst %d ms%n",
        way,
        sorted.size(),
        sorted.get(sorted.size() / 2).toMillis(),
        sorted.get(sorted.size() * 99 / 100).toMillis(),
        sorted.getLast().toMillis());
  }
}
