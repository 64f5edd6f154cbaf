package dev.coatcheck.cli.bench;

import dev.coatcheck.cli.bench.Row.Bound;
import java.util.Map;

/** Small pickups a second, claimed and settled, against the plain way, which does neither. */
final class Pickups implements Benchmark {

  private static final int SIZE_BYTES = 64 << 10;
  private static final int IMAGES = 2000;
  private static final int CONNECTIONS = 4;

  @Override
  public void run(Report report) throws Exception {
    try (Coatcheck ours = Coatcheck.start(Map.of("COATCHECK_MEMORY", "1280MiB"));
        JavaPeer plain = JavaPeer.plain()) {
      Pairs pairs = Pairs.run(ours, plain, new Round(IMAGES, SIZE_BYTES, CONNECTIONS));
      report.add(
          Row.against(
              plain.name(),
              "pickups a second, 64 KiB, 4 connections",
              "/s",
              pairs.ours(result -> IMAGES / result.seconds()),
              pairs.theirs(result -> IMAGES / result.seconds()),
              Bound.atLeast(0.8, 1.2)));
    }
  }
}
