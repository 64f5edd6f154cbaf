package dev.coatcheck.cli.bench;

import dev.coatcheck.cli.bench.Row.Bound;
import java.util.Map;

/** Bytes a second against the map in one server, which has one hop less. */
final class AgainstMap implements Benchmark {

  private static final int SIZE_BYTES = 16 << 20;
  private static final int IMAGES = 32;
  private static final int CONNECTIONS = 4;

  @Override
  public void run(Report report) throws Exception {
    try (Coatcheck ours = Coatcheck.start(Map.of("COATCHECK_MEMORY", "768MiB"));
        JavaPeer map = JavaPeer.map()) {
      Pairs pairs = Pairs.run(ours, map, new Round(IMAGES, SIZE_BYTES, CONNECTIONS));
      report.add(
          Row.against(
              map.name(),
              "bytes/s, 16 MiB, 4 connections",
              "MB/s",
              pairs.ours(result -> result.bytesPerSecond() / 1e6),
              pairs.theirs(result -> result.bytesPerSecond() / 1e6),
              Bound.atLeast(0, 0.5)));
    }
  }
}
