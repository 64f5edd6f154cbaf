package dev.coatcheck.cli.pickup;

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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients whose connections are cut at random places, again and again, and who go on through the
 * other gateway each time: every image is delivered once, and to the byte.
 *
 * <p>{@code -Dcoatcheck.cuts} says how many cuts there are, {@code -Dcoatcheck.seed} which.
 */
class CutsIT {

  private static final int CUTS = Integer.getInteger("coatcheck.cuts", 500);
  private static final long SEED = Long.getLong("coatcheck.seed", new Random().nextInt(1 << 20));
  private static final Duration PATIENCE = Duration.ofSeconds(120 + CUTS);
  private static final int CLIENTS = 8;
  private static final int MAX_CUTS_AN_IMAGE = 4;
  private static final int KIB = 1 << 10;
  private static final int MIN_BYTES = 64 * KIB;
  private static final int DOUBLINGS = 8;
  private static final int MAX_BUFFERED_BYTES = 4_400_000;
  private static final int MAX_STREAMED_BYTES = 6_000_000;

  @TempDir private Path directory;

  private final ImageClient client = new ImageClient();
  private final Ledger ledger = new Ledger(CUTS + " cuts", SEED);
  private final AtomicInteger images = new AtomicInteger();
  private final AtomicInteger cuts = new AtomicInteger();
  private InProcessFleet fleet;

  @BeforeEach
  void start() throws Exception {
    fleet =
        InProcessFleet.start(
            directory,
            2,
            2,
            Map.of(
                "COATCHECK_MEMORY", "256MiB",
                "COATCHECK_MAX_BYTES", "16MiB",
                "COATCHECK_LINGER", "30s"));
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    fleet.close();
  }

  @Test
  void everyImageIsDeliveredOnceHoweverOftenItsClientIsCut() throws Exception {
    List<Callable<Void>> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(this::pickUpAndBeCut);
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
      for (Future<Void> future :
          threads.invokeAll(clients, PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        future.get();
      }
    }
    ledger.audit(fleet);
    ledger.close(images.get());
  }

  private Void pickUpAndBeCut() throws Exception {
    try (FaultProxy one = FaultProxy.to(fleet.gateways.get(0).httpPort());
        FaultProxy other = FaultProxy.to(fleet.gateways.get(1).httpPort())) {
      while (cuts.get() < CUTS) {
        pickUpOne(images.getAndIncrement(), List.of(one, other));
      }
    }
    return null;
  }

  private void pickUpOne(int number, List<FaultProxy> gateways) throws Exception {
    Random random = new Random(SEED * 1_000_003 + number);
    boolean keepsTag = random.nextInt(5) > 0;
    int sizeBytes = keepsTag ? size(random, 0) : size(random, 5);
    String location = client.create(fleet.http(number % 2), image(random, sizeBytes, number));
    if (random.nextInt(3) == 0) {
      var _ = client.finished(fleet.http(0), location);
    }
    ResumingClient cut =
        new ResumingClient(gateways, location, keepsTag, new Copy(sizeBytes, number), ledger);
    cut.pickUp(new CutPlaces(random, sizeBytes, 1 + random.nextInt(MAX_CUTS_AN_IMAGE)));
    cuts.addAndGet(cut.cuts());
    for (int i = 0; i < cut.cuts(); i++) {
      ledger.count("cuts");
    }
    ledger.add(
        "image " + number + " of " + sizeBytes + " bytes," + cut.trail(),
        new PostConditions(client, fleet.http(number % 2)).of(location, List.of(cut.copy())));
  }

  /** As many of each order of magnitude, at least {@code doublings} above the least. */
  private static int size(Random random, int doublings) {
    return (int)
        (MIN_BYTES * Math.pow(2, doublings + (DOUBLINGS - doublings) * random.nextDouble()));
  }

  private static String image(Random random, int sizeBytes, int seed) {
    String transfer =
        sizeBytes > MAX_STREAMED_BYTES || random.nextInt(3) == 0
            ? "CALLBACK"
            : sizeBytes > MAX_BUFFERED_BYTES || random.nextBoolean()
                ? "RESPONSE_STREAM"
                : "BUFFERED";
    int bytesPerSecond = random.nextInt(3) == 0 ? sizeBytes * (1 + random.nextInt(4)) : 0;
    return """
    {"transfer": "%s", "maxBytes": %d,
     "spec": {"sizeBytes": %d, "seed": %d, "bytesPerSecond": %d}}
    """
        .formatted(transfer, sizeBytes, sizeBytes, seed, bytesPerSecond);
  }
}
