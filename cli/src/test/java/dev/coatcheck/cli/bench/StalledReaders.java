package dev.coatcheck.cli.bench;

import dev.coatcheck.cli.bench.Row.Bound;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What readers that stall behind the head cost the gateway in memory, and others in speed. */
final class StalledReaders implements Benchmark {

  private static final int READERS = Integer.getInteger("bench.stalledReaders", 1000);
  private static final int STALLED_BYTES = 4 << 20;
  private static final int SIZE_BYTES = 16 << 20;
  private static final int IMAGES = 32;
  private static final int CONNECTIONS = 4;
  private static final double KIBIBYTE = 1 << 10;

  @Override
  public void run(Report report) throws Exception {
    Map<String, String> settings =
        Map.of(
            "COATCHECK_MEMORY",
            READERS * (STALLED_BYTES >> 20) + 1280 + "MiB",
            "COATCHECK_TTL",
            "3600s",
            "COATCHECK_STALL_TIMEOUT",
            "3600s");
    List<SlowConnection> readers = new ArrayList<>();
    try (Coatcheck ours = Coatcheck.start(settings);
        Nginx nginx = Nginx.start(NginxProxy.BEST);
        Jvm gateway = Jvm.attach(ours.front().getFirst())) {
      Round round = new Round(IMAGES, SIZE_BYTES, CONNECTIONS);
      var _ = round.of(ours); // so that what comes once is there
      List<String> paths = ours.stock(READERS, STALLED_BYTES);
      var _ = gateway.liveHeapBytes();
      long before = ProcessMemory.steadyBytes(ours.front().getFirst());
      for (String path : paths) {
        readers.add(new SlowConnection(ours.port(), path, STALLED_BYTES));
      }
      var _ = gateway.liveHeapBytes();
      long after = ProcessMemory.steadyBytes(ours.front().getFirst());
      report.add(
          Row.alone(
              "gateway's memory for each of %,d stalled readers".formatted(READERS),
              "KiB",
              Samples.of((after - before) / KIBIBYTE / READERS),
              Bound.atMost(1024, 256)));
      Pairs pairs = Pairs.run(ours, nginx, round);
      report.add(
          Row.against(
              nginx.name(),
              "bytes/s, 16 MiB, 4 connections, beside %,d stalled".formatted(READERS),
              "MB/s",
              pairs.ours(result -> result.bytesPerSecond() / 1e6),
              pairs.theirs(result -> result.bytesPerSecond() / 1e6),
              Bound.atLeast(1.0, 1.15)));
      for (SlowConnection reader : readers) {
        reader.finish();
      }
    } finally {
      for (SlowConnection reader : readers) {
        reader.close();
      }
    }
  }
}
