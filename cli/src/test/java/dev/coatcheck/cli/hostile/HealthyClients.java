package dev.coatcheck.cli.hostile;

import dev.coatcheck.cli.pickup.Copy;
import dev.coatcheck.client.CoatcheckClient;
import dev.coatcheck.v1.CreateImageRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Clients who want nothing but their images, one each period, by HTTP and by gRPC in turn, however
 * long the one before takes.
 *
 * <p><b>Threading:</b> a thread of their own; one other thread asks.
 *
 * <p><b>Lifecycle:</b> ask from {@link #begin} to {@link #close}, which waits for their images.
 */
final class HealthyClients implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int IMAGE_BYTES = 300_000;
  private static final AtomicLong seeds = new AtomicLong(1);

  private final Target target;
  private final Duration period;
  private final CoatcheckClient grpc;
  private final ExecutorService orders =
      Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory());
  private final Thread asker = new Thread(this::ask, "healthy clients");

  // state, guarded by this
  private final List<Duration> times = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private int asked;

  private volatile boolean over;

  private HealthyClients(Target target, Duration period) {
    this.target = target;
    this.period = period;
    this.grpc = CoatcheckClient.builder(target.grpc()).patience(PATIENCE).build();
  }

  static HealthyClients begin(Target target, Duration period) {
    HealthyClients clients = new HealthyClients(target, period);
    clients.asker.start();
    return clients;
  }

  private void ask() {
    try {
      while (!over) {
        synchronized (this) {
          asked++;
        }
        boolean byGrpc = asked % 2 == 0;
        long seed = seeds.getAndIncrement();
        orders.execute(() -> order(byGrpc, seed));
        Thread.sleep(period);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts it", e);
    }
  }

  private void order(boolean byGrpc, long seed) {
    long began = System.nanoTime();
    String failure = null;
    try {
      if (byGrpc) {
        pickUpByGrpc(seed);
      } else {
        try (var download = HttpDownload.order(target.http(), IMAGE_BYTES, seed, 0, PATIENCE)) {
          download.finish();
        }
      }
    } catch (IOException e) {
      failure = (byGrpc ? "gRPC: " : "HTTP: ") + e;
    } catch (InterruptedException e) {
      failure = "interrupted";
    }
    ended(Duration.ofNanos(System.nanoTime() - began), failure);
  }

  private synchronized void ended(Duration time, @Nullable String failure) {
    times.add(time);
    if (failure != null) {
      failures.add(failure);
    }
  }

  private void pickUpByGrpc(long seed) throws IOException {
    CreateImageRequest request =
        CreateImageRequest.newBuilder()
            .setSpec(HttpDownload.spec(IMAGE_BYTES, seed, 0))
            .setMaxBytes(IMAGE_BYTES)
            .build();
    Copy copy = new Copy(IMAGE_BYTES, seed);
    byte[] piece = new byte[64 << 10];
    try (InputStream in = grpc.generate(request).deadline(PATIENCE).stream()) {
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        copy.take(piece, n);
      }
    }
    copy.ended();
    if (copy.isWrong()) {
      throw new IOException("other bytes than were made");
    }
  }

  synchronized int asked() {
    return asked;
  }

  synchronized int served() {
    return times.size() - failures.size();
  }

  synchronized List<String> failures() {
    return List.copyOf(failures);
  }

  /** How long half of them have waited at most. */
  synchronized Duration median() {
    return times.isEmpty() ? Duration.ZERO : times.stream().sorted().toList().get(times.size() / 2);
  }

  synchronized Duration worst() {
    return times.stream().max(Duration::compareTo).orElse(Duration.ZERO);
  }

  @Override
  public void close() {
    over = true;
    try {
      asker.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    orders.close();
    grpc.close();
  }
}
