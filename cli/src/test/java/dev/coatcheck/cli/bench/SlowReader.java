package dev.coatcheck.cli.bench;

import dev.coatcheck.cli.bench.Row.Bound;
import java.util.Map;

/** How much of an image has left the generator when a slow reader has read 1 MiB of it. */
final class SlowReader implements Benchmark {

  private static final int SIZE_BYTES = 16 << 20;
  private static final int READ_BYTES = 1 << 20;
  private static final int BYTES_PER_SECOND = 300_000;
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 7);
  private static final double MEBIBYTE = 1 << 20;

  @Override
  public void run(Report report) throws Exception {
    Samples left = new Samples();
    try (Coatcheck ours = Coatcheck.start(Map.of("COATCHECK_MEMORY", "256MiB"))) {
      int port = ours.generatorPort();
      for (int i = 0; i < ROUNDS; i++) {
        String path = ours.stock(1, SIZE_BYTES).getFirst();
        long before = SentBytes.from(port);
        try (SlowConnection reader = new SlowConnection(ours.port(), path, SIZE_BYTES)) {
          reader.readSlowly(READ_BYTES, BYTES_PER_SECOND);
          left.add((SentBytes.from(port) - before) / MEBIBYTE);
          reader.finish();
        }
      }
    }
    report.add(
        Row.alone(
            "left the generator when a reader at 300 kB/s has 1 MiB of 16",
            "MiB",
            left,
            Bound.atMost(4, 2)));
  }
}
