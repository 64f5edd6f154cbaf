package dev.coatcheck.cli.bench;

import dev.coatcheck.cli.bench.Row.Bound;
import java.util.Map;

/** What readers of events that wait cost the gateway in memory, and others in time. */
final class IdleWatchers implements Benchmark {

  private static final int WATCHERS = Integer.getInteger("bench.watchers", 10_000);
  private static final int SIZE_BYTES = 64 << 10;
  private static final int IMAGES = 1000;
  private static final int CONNECTIONS = 4;
  private static final double KIBIBYTE = 1 << 10;

  @Override
  public void run(Report report) throws Exception {
    Map<String, String> settings = Map.of("COATCHECK_MEMORY", "640MiB", "COATCHECK_TTL", "3600s");
    try (Coatcheck crowded = Coatcheck.start(settings);
        Coatcheck quiet = Coatcheck.start(settings);
        Jvm gateway = Jvm.attach(crowded.front().getFirst())) {
      Round round = new Round(IMAGES, SIZE_BYTES, CONNECTIONS);
      var _ = round.of(crowded); // so that what comes once is there
      String location = crowded.create(SIZE_BYTES, 0);
      var _ = gateway.liveHeapBytes();
      long before = ProcessMemory.steadyBytes(crowded.front().getFirst());
      try (Watchers watchers = Watchers.open(crowded.port(), location + "/events", WATCHERS)) {
        var _ = gateway.liveHeapBytes();
        long after = ProcessMemory.steadyBytes(crowded.front().getFirst());
        watchers.check();
        report.add(
            Row.alone(
                "gateway's memory for each of %,d idle watchers".formatted(WATCHERS),
                "KiB",
                Samples.of((after - before) / KIBIBYTE / WATCHERS),
                Bound.atMost(64, 16)));
        Pairs pairs = Pairs.run(crowded, quiet, round);
        watchers.check();
        report.add(
            Row.against(
                "without them",
                "p99 of pickups, 64 KiB, beside %,d idle watchers".formatted(WATCHERS),
                "µs",
                pairs.ours(result -> result.pickups().quantile(0.99) * 1e6),
                pairs.theirs(result -> result.pickups().quantile(0.99) * 1e6),
                Bound.atMost(2, 1)));
      }
    }
  }
}
