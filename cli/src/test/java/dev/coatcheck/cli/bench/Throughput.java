package dev.coatcheck.cli.bench;

import dev.coatcheck.cli.bench.Row.Bound;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Bytes a second, and what the gateway's CPU does for them, against nginx before nginx; or, to try
 * a change, against a second fleet of ours whose JVMs have the options of {@code bench.variant},
 * parted by commas.
 */
final class Throughput implements Benchmark {

  private static final int SIZE_BYTES = 16 << 20;
  private static final int[] CONNECTIONS =
      Arrays.stream(System.getProperty("bench.connections", "1,4,64").split(",", -1))
          .mapToInt(Integer::parseInt)
          .toArray();
  private static final int MIN_IMAGES = 32;
  private static final Map<String, String> SETTINGS = Map.of("COATCHECK_MEMORY", "1280MiB");

  @Override
  public void run(Report report) throws Exception {
    try (Coatcheck ours = Coatcheck.start(SETTINGS);
        Subject peer = peer()) {
      for (int connections : CONNECTIONS) {
        System.err.println("16 MiB, " + connections + " connections");
        Round round = new Round(Math.max(MIN_IMAGES, connections), SIZE_BYTES, connections);
        Pairs pairs = Pairs.run(ours, peer, round);
        report.add(
            Row.against(
                peer.name(),
                "bytes/s, 16 MiB, " + connections + " connections",
                "MB/s",
                pairs.ours(result -> result.bytesPerSecond() / 1e6),
                pairs.theirs(result -> result.bytesPerSecond() / 1e6),
                Bound.atLeast(1.0, 1.15)));
        report.add(
            Row.against(
                peer.name(),
                "gateway's CPU a GB, " + connections + " connections",
                "s",
                pairs.ours(Round.Result::frontCpuPerGigabyte),
                pairs.theirs(Round.Result::frontCpuPerGigabyte),
                Bound.atMost(1.1, 0.9)));
      }
    }
  }

  private static Subject peer() throws IOException {
    String variant = System.getProperty("bench.variant", "");
    if (variant.isEmpty()) {
      return Nginx.start(NginxProxy.BEST);
    }
    Map<String, String> settings = new HashMap<>(SETTINGS);
    settings.put("COATCHECK_JAVA_OPTS", variant.replace(',', ' '));
    return Coatcheck.start("variant", settings);
  }
}
