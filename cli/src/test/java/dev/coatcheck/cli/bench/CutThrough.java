package dev.coatcheck.cli.bench;

import dev.coatcheck.cli.bench.Row.Bound;
import java.nio.ByteBuffer;
import java.util.Map;

/** From asking for a big image to its last byte, against the function's own time for it. */
final class CutThrough implements Benchmark {

  private static final int SIZE_BYTES = 200 << 20;
  private static final int BYTES_PER_SECOND = 100_000_000;
  private static final int WARM_UP = 1;
  private static final int ROUNDS = 5;

  @Override
  public void run(Report report) throws Exception {
    Samples ours = new Samples();
    Samples function = new Samples();
    ByteBuffer body = ByteBuffer.allocateDirect(SIZE_BYTES);
    try (Coatcheck coatcheck = Coatcheck.start(Map.of("COATCHECK_MEMORY", "448MiB"))) {
      for (int i = 0; i < WARM_UP + ROUNDS; i++) {
        long began = System.nanoTime();
        String location = coatcheck.create(SIZE_BYTES, BYTES_PER_SECOND);
        try (HttpConnection connection = new HttpConnection(coatcheck.port())) {
          var _ = connection.get(location + "/content", body);
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        Content.check(body, SIZE_BYTES);
        if (i >= WARM_UP) {
          ours.add(seconds);
          function.add(coatcheck.functionSeconds());
        }
      }
    }
    report.add(
        Row.against(
            "the function",
            "create to last byte, 200 MiB at 100 MB/s",
            "s",
            ours,
            function,
            Bound.atMost(1.02, 1.005)));
  }
}
