package dev.coatcheck.cli.bench;

import dev.coatcheck.cli.bench.Row.Bound;
import java.util.Map;

/** The CPU of both services for a GB, against the plain way. */
final class AgainstPlain implements Benchmark {

  private static final int BIG_BYTES = 16 << 20;
  private static final int BIG_IMAGES = 32;
  private static final int CONNECTIONS = 4;

  @Override
  public void run(Report report) throws Exception {
    try (Coatcheck ours = Coatcheck.start(Map.of("COATCHECK_MEMORY", "768MiB"));
        JavaPeer plain = JavaPeer.plain()) {
      Pairs big = Pairs.run(ours, plain, new Round(BIG_IMAGES, BIG_BYTES, CONNECTIONS));
      report.add(
          Row.against(
              plain.name(),
              "gateway's and generator's CPU a GB, 16 MiB",
              "s",
              big.ours(Round.Result::cpuPerGigabyte),
              big.theirs(Round.Result::cpuPerGigabyte),
              Bound.atMost(0.5, 0.4)));
    }
  }
}
