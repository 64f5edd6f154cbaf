package dev.coatcheck.cli.bench;

import dev.coatcheck.cli.bench.Row.Bound;
import java.util.Map;

/** How long the first byte of a pickup takes, against nginx's proxy. */
final class FirstByte implements Benchmark {

  private static final int SIZE_BYTES = 64 << 10;
  private static final int IMAGES = 1000;

  @Override
  public void run(Report report) throws Exception {
    try (Coatcheck ours = Coatcheck.start(Map.of("COATCHECK_MEMORY", "256MiB"));
        Nginx nginx = Nginx.start(NginxProxy.BEST)) {
      Pairs pairs = Pairs.run(ours, nginx, new Round(IMAGES, SIZE_BYTES, 1));
      report.add(row(pairs, 0.5, Bound.atMost(2, 1.3)));
      report.add(row(pairs, 0.99, Bound.atMost(3, 2)));
    }
  }

  private static Row row(Pairs pairs, double quantile, Bound bound) {
    return Row.against(
        "nginx",
        "first byte of a pickup, 64 KiB, p%.0f".formatted(quantile * 100),
        "µs",
        pairs.ours(result -> result.firstBytes().quantile(quantile) * 1e6),
        pairs.theirs(result -> result.firstBytes().quantile(quantile) * 1e6),
        bound);
  }
}
