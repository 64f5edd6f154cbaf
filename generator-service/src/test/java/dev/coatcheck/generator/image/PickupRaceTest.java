package dev.coatcheck.generator.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.generator.memory.SegmentPool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Sixteen claimants race for one image, again and again, and break off at random places: one of
 * them gets the whole, and no other ever holds it.
 *
 * <p>{@code -Dcoatcheck.races} says how many races there are, {@code -Dcoatcheck.seed} which.
 */
class PickupRaceTest {

  private static final int RACES = Integer.getInteger("coatcheck.races", 2000);
  private static final long SEED = Long.getLong("coatcheck.seed", new Random().nextInt(1 << 20));
  private static final int CLAIMANTS = 16;
  private static final int MAX_BYTES = 600;
  private static final int SEGMENT_BYTES = 64;
  private static final Duration LINGER = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofNanos(10_000);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final AtomicLong nanos = new AtomicLong();
  private final SegmentPool pool = new SegmentPool(2 * MAX_BYTES, SEGMENT_BYTES);
  private final ImageStore store =
      new ImageStore(
          pool,
          new Clocks(nanos::get, InstantSource.system()),
          ImageLimits.DEFAULT.withLinger(LINGER),
          new SecureRandom());

  @Test
  void oneGetsTheWholeAndNobodyElse() throws Exception {
    long deliveries = 0;
    long claims = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(CLAIMANTS + 1)) {
      for (int race = 0; race < RACES; race++) {
        Result result = race(race, threads);
        deliveries += result.whole();
        claims += result.claims();
        assertThat(result.whole()).as("race %d of -Dcoatcheck.seed=%d", race, SEED).isEqualTo(1);
      }
    }
    System.out.printf(
        "%d races of %d, -Dcoatcheck.seed=%d: %d claims, %d full deliveries%n",
        RACES, CLAIMANTS, SEED, claims, deliveries);
    pool.close();
  }

  private record Result(long whole, long claims) {}

  private Result race(int number, ExecutorService threads) throws Exception {
    Random random = new Random(SEED * 1_000_003 + number);
    byte[] content = new byte[1 + random.nextInt(MAX_BYTES)];
    random.nextBytes(content);
    ImageId id = ImageId.ofKey("key " + number);
    ImageWriter writer =
        store.create(
            id,
            new ImageOptions(
                content.length, Duration.ofMinutes(1), Duration.ofMinutes(10), false, ""));
    Image image = writer.image();
    List<Claimant> claimants = new ArrayList<>();
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < CLAIMANTS; i++) {
      Claimant claimant = new Claimant(image, content, new Random(random.nextLong()));
      claimants.add(claimant);
      tasks.add(claimant);
    }
    int pieceBytes = 1 + random.nextInt(content.length);
    tasks.add(() -> write(writer, content, pieceBytes));
    for (Future<Void> done : threads.invokeAll(tasks, PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      done.get();
    }

    nanos.addAndGet(LINGER.toNanos());
    store.sweep();
    assertThat(image.isGone()).as("race %d of seed %d: %s", number, SEED, image).isTrue();
    assertThat(image.status().state()).isEqualTo(ImageState.DELIVERED);
    assertThat(pool.freeBytes()).isEqualTo(pool.budgetBytes());
    return new Result(
        claimants.stream().filter(Claimant::holdsTheWhole).count(),
        claimants.stream().mapToLong(claimant -> claimant.claims).sum());
  }

  private static Void write(ImageWriter writer, byte[] content, int pieceBytes) {
    for (int at = 0; at < content.length; at += pieceBytes) {
      int length = Math.min(pieceBytes, content.length - at);
      assertThat(writer.append(ByteBuffer.wrap(content, at, length)))
          .isEqualTo(ImageWriter.Written.OK);
      writer.commit("image/png");
    }
    writer.complete();
    return null;
  }

  private static void letOthersRun() {
    LockSupport.parkNanos(PAUSE.toNanos());
  }

  /** Tries until the image is over; breaks off often, and remembers what it has or begins anew. */
  private static final class Claimant implements Callable<Void> {

    private final Image image;
    private final byte[] content;
    private final Random random;
    private final byte[] scratch = new byte[SEGMENT_BYTES];

    private ByteArrayOutputStream copy = new ByteArrayOutputStream();
    private String proof = "";
    private int claims;
    private final List<Runnable> late = new ArrayList<>();

    Claimant(Image image, byte[] content, Random random) {
      this.image = image;
      this.content = content;
      this.random = random;
    }

    boolean holdsTheWhole() {
      return copy.size() == content.length;
    }

    @Override
    public Void call() throws IOException {
      while (!holdsTheWhole()) {
        switch (image.claim(request())) {
          case ClaimAnswer.Begun(ImageReader reader) -> {
            claims++;
            read(reader);
          }
          case ClaimAnswer.InDoubt _, ClaimAnswer.Moving _ -> {
            sayWhatIsLate();
            letOthersRun();
          }
          case ClaimAnswer.Refused(Refusal refusal) -> {
            switch (refusal.reason()) {
              case IMAGE_CLAIMED -> {
                sayWhatIsLate();
                letOthersRun();
              }
              case IMAGE_DELIVERED -> {
                return null;
              }
              default -> throw new AssertionError(refusal);
            }
          }
        }
      }
      return null;
    }

    private ClaimRequest request() {
      return new ClaimRequest(
          proof, ClaimRequest.Use.FOR_RANGE, new RequestedRange(copy.size(), 0, 0, false));
    }

    private void read(ImageReader reader) throws IOException {
      boolean goesOn = reader.proof().equals(proof);
      proof = reader.proof();
      while (reader.begin().isPresent() && !reader.isCut()) {
        letOthersRun();
      }
      if (!goesOn || reader.position() != copy.size()) {
        copy = new ByteArrayOutputStream();
      }
      int breakAt = random.nextInt(content.length + content.length / 3 + 1); // mostly in it
      while (true) {
        switch (reader.next(1 + random.nextInt(content.length))) {
          case ImageReader.Next.Later() -> letOthersRun();
          case ImageReader.Next.Bytes(Chunk chunk) -> {
            chunk.writeTo(copy, scratch);
            if (random.nextBoolean()) {
              sayWhatIsLate();
            }
            if (copy.size() > breakAt) {
              breakOff(reader);
              return;
            }
          }
          case ImageReader.Next.End _ -> {
            end(reader, reader::settleComplete);
            assertThat(copy.toByteArray()).isEqualTo(content);
            return;
          }
          case ImageReader.Next.Cut _ -> {
            breakOff(reader);
            return;
          }
        }
      }
    }

    /** The last byte that it was given did not go. */
    private void breakOff(ImageReader reader) {
      byte[] all = copy.toByteArray();
      copy = new ByteArrayOutputStream();
      if (all.length > 0) {
        copy.writeBytes(Arrays.copyOf(all, all.length - 1));
      }
      end(reader, () -> reader.settleBroken(true));
      if (random.nextInt(3) == 0) {
        proof = "";
        copy = new ByteArrayOutputStream();
      }
    }

    /** The word comes before the end, or after it, or when the next stream is under way. */
    private void end(ImageReader reader, Runnable settle) {
      int order = random.nextInt(holdsTheWhole() ? 2 : 3);
      if (order == 0) {
        settle.run();
      }
      reader.close();
      if (order == 1) {
        letOthersRun();
        settle.run();
      } else if (order == 2) {
        late.add(settle);
      }
    }

    private void sayWhatIsLate() {
      late.forEach(Runnable::run);
      late.clear();
    }
  }
}
