package dev.coatcheck.cli.pickup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.cli.ImageClient;
import dev.coatcheck.cli.InProcessFleet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sixteen clients race for one image through two gateways, and hang up at random places: one of
 * them gets the whole, and no other ever holds it.
 *
 * <p>{@code -Dcoatcheck.httpRaces} says how many races there are, {@code -Dcoatcheck.seed} which.
 */
class RacesIT {

  private static final int RACES = Integer.getInteger("coatcheck.httpRaces", 100);
  private static final long SEED = Long.getLong("coatcheck.seed", new Random().nextInt(1 << 20));
  private static final int CLIENTS = 16;
  private static final int MIN_BYTES = CutPlaces.KERNEL_BYTES + 100_000;
  private static final int MAX_BYTES = 3 * CutPlaces.KERNEL_BYTES;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path directory;

  private final ImageClient client = new ImageClient();
  private final Ledger ledger = new Ledger(RACES + " races of " + CLIENTS + " over HTTP", SEED);
  private InProcessFleet fleet;

  @BeforeEach
  void start() throws Exception {
    fleet = InProcessFleet.start(directory, 2, 2, Map.of("COATCHECK_LINGER", "30s"));
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    fleet.close();
  }

  @Test
  void oneGetsTheWholeAndNobodyElse() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int race = 0; race < RACES; race++) {
        race(race, threads);
      }
    }
    ledger.audit(fleet);
    ledger.close(RACES);
  }

  private void race(int number, ExecutorService threads) throws Exception {
    Random random = new Random(SEED * 1_000_003 + number);
    int sizeBytes = random.nextInt(MIN_BYTES, MAX_BYTES);
    String location =
        client.create(
            fleet.http(number % 2),
            """
            {"maxBytes": %d, "spec": {"sizeBytes": %d, "seed": %d, "bytesPerSecond": %d}}
            """
                .formatted(sizeBytes, sizeBytes, number, random.nextInt(3) * 10 * sizeBytes));
    List<Copy> copies = new ArrayList<>();
    List<Callable<Void>> racers = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Copy copy = new Copy(sizeBytes, number);
      Racer racer = new Racer(i, location, copy, sizeBytes, new Random(random.nextLong()));
      copies.add(copy);
      racers.add(racer);
    }
    for (Future<Void> done : threads.invokeAll(racers, PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      done.get();
    }
    ledger.add(
        "race " + number + " for " + sizeBytes + " bytes",
        new PostConditions(client, fleet.http(number % 2)).of(location, copies));
  }

  /** Comes again until it has the whole, or the image is gone. */
  private final class Racer implements Callable<Void> {

    private final String location;
    private final Copy copy;
    private final int sizeBytes;
    private final Random random;

    private int gateway;
    private String tag = "";

    Racer(int number, String location, Copy copy, int sizeBytes, Random random) {
      this.gateway = number;
      this.location = location;
      this.copy = copy;
      this.sizeBytes = sizeBytes;
      this.random = random;
    }

    @Override
    public Void call() throws IOException, InterruptedException {
      while (true) {
        Map<String, String> headers =
            tag.isEmpty()
                ? Map.of()
                : Map.of("Range", "bytes=" + copy.held() + "-", "If-Range", tag);
        int port = fleet.gateways.get(gateway++ % fleet.gateways.size()).httpPort();
        try (Download answer = Download.get(port, location + "/content", headers)) {
          switch (answer.head().status()) {
            case 200 -> {
              copy.startOver();
              read(answer);
            }
            case 206 -> {
              assertThat(answer.head().header("Content-Range").orElseThrow())
                  .startsWith("bytes " + copy.held() + "-");
              read(answer);
            }
            case 409 -> Thread.sleep(random.nextInt(20));
            case 410 -> {
              return null;
            }
            default -> throw new AssertionError(answer.head() + answer.text());
          }
        }
        if (copy.isWhole()) {
          return null;
        }
      }
    }

    /** Where all may be written already only the one with the proof is told what is left. */
    private void read(Download answer) throws IOException {
      ledger.count("downloads");
      tag = answer.head().header("ETag").orElseThrow();
      long left = sizeBytes - copy.held();
      if (random.nextInt(4) == 0) {
        copy.finishFrom(answer);
        return;
      }
      if (answer.read(copy, random.nextLong(left))) {
        throw new AssertionError("it ended before its end");
      }
      ledger.count("hung up");
      if (copy.held() < sizeBytes - CutPlaces.KERNEL_BYTES && random.nextBoolean()) {
        tag = "";
        copy.startOver();
      }
    }
  }
}
