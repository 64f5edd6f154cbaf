package dev.coatcheck.cli.bench;

import dev.coatcheck.cli.bench.Row.Bound;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The heap of a generator that holds 8 GiB of images, and how long its collector stops it while it
 * holds them and has work: images are picked up, and others made in their place.
 */
final class HeldImages implements Benchmark {

  private static final int SIZE_BYTES = 16 << 20;
  private static final int IMAGES = Integer.getInteger("bench.heldImages", 512);
  private static final int SPARE_IMAGES = 48;
  private static final int CONNECTIONS = 4;
  private static final int LOAD_SECONDS = Integer.getInteger("bench.loadSeconds", 20);
  private static final double MEBIBYTE = 1 << 20;

  @Override
  public void run(Report report) throws Exception {
    Path directory = Files.createTempDirectory("coatcheck-bench-");
    Path log = directory.resolve("gc.log");
    Map<String, String> settings =
        Map.of(
            "COATCHECK_MEMORY",
            (IMAGES + SPARE_IMAGES) * (SIZE_BYTES >> 20) + "MiB",
            "COATCHECK_TTL",
            "3600s",
            "COATCHECK_JAVA_OPTS",
            GcLog.flag(directory) + " " + System.getenv().getOrDefault("COATCHECK_JAVA_OPTS", ""));
    try (Coatcheck ours = Coatcheck.start(settings);
        Jvm generator = Jvm.attach(ours.back().getFirst())) {
      Queue<String> held = new ConcurrentLinkedQueue<>(ours.stock(IMAGES, SIZE_BYTES));
      double heap = generator.liveHeapBytes() / MEBIBYTE;
      log = GcLog.of(directory, ours.back().getFirst());
      int before = GcLog.pausesMillis(log).size();
      load(ours, held);
      List<Double> pauses = GcLog.pausesMillis(log);
      Samples under = new Samples();
      pauses.subList(before, pauses.size()).forEach(under::add);
      double heapAfter = generator.liveHeapBytes() / MEBIBYTE;
      String holding = " with %d MiB of images held".formatted(IMAGES * (SIZE_BYTES >> 20));
      report.add(
          Row.alone(
              "generator's heap after a collection," + holding,
              "MiB",
              Samples.of(heap, heapAfter),
              Bound.atMost(128, 64)));
      report.add(
          Row.alone(
              "p99 of %d pauses of its collector,%s".formatted(under.count(), holding),
              "ms",
              Samples.of(under.quantile(0.99)),
              Bound.atMost(10, 1)));
    } finally {
      GcLog.delete(directory);
    }
  }

  /** Each connection picks up what is held longest, checks it, and has another one made. */
  private static void load(Coatcheck ours, Queue<String> held) throws Exception {
    long deadline = System.nanoTime() + LOAD_SECONDS * 1_000_000_000L;
    List<Callable<Void>> readers = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      readers.add(() -> {
        ByteBuffer body = ByteBuffer.allocateDirect(SIZE_BYTES);
        try (HttpConnection connection = new HttpConnection(ours.port())) {
          while (System.nanoTime() < deadline) {
            var _ = connection.get(held.remove(), body);
            Content.check(body, SIZE_BYTES);
            held.add(ours.create(SIZE_BYTES, 0) + "/content");
          }
        }
        return null;
      });
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(CONNECTIONS)) {
      for (Future<Void> done : pool.invokeAll(readers)) {
        done.get();
      }
    }
  }
}
