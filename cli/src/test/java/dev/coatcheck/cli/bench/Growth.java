package dev.coatcheck.cli.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How cost grows with the size of the images, with the connections, and with how much of the pool
 * is held. Plots go to {@code cli/target/growth}, or where {@code -Dbench.plots} says.
 */
final class Growth implements Benchmark {

  private static final List<Integer> SIZES_KIB =
      List.of(64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 200 << 10);
  private static final List<Integer> CONNECTIONS = List.of(1, 4, 16, 64, 256, 1024);
  private static final List<Integer> HELD_PERCENT = List.of(10, 50, 95);

  private static final int FEW = 4;
  private static final int ROUND_KIB = 384 << 10;
  private static final int MAX_IMAGES = 1000;
  private static final int MANY_KIB = 1 << 10;
  private static final int MIN_IMAGES = 256;
  private static final int HELD_KIB = 16 << 10;
  private static final int POOL_IMAGES = 256;
  private static final int HELD_IMAGES_A_ROUND = 8;

  @Override
  public void run(Report report) throws Exception {
    String otherwise = System.getProperty("coatcheck.root", ".") + "/cli/target/growth";
    Path directory = Path.of(System.getProperty("bench.plots", otherwise));
    try (Nginx nginx = Nginx.start(NginxProxy.BEST)) {
      sizes(nginx, report).plot(directory);
      connections(nginx, report).plot(directory);
      held(nginx, report).plot(directory);
    }
  }

  private static Curve sizes(Nginx nginx, Report report) throws Exception {
    Curve curve = new Curve("size", FEW + " connections", "size of an image");
    for (int kib : SIZES_KIB) {
      int images = Math.clamp(ROUND_KIB / kib, FEW, MAX_IMAGES);
      try (Coatcheck ours = Coatcheck.start(Map.of("COATCHECK_MEMORY", "1280MiB"))) {
        Round round = new Round(images, kib << 10, FEW);
        curve.add(size(kib), Pairs.run(ours, nginx, round), report);
      }
    }
    return curve;
  }

  private static Curve connections(Nginx nginx, Report report) throws Exception {
    Curve curve = new Curve("connections", "images of " + size(MANY_KIB), "connections");
    try (Coatcheck ours = Coatcheck.start(Map.of("COATCHECK_MEMORY", "2560MiB"))) {
      for (int connections : CONNECTIONS) {
        Round round = new Round(Math.max(MIN_IMAGES, connections), MANY_KIB << 10, connections);
        curve.add(Integer.toString(connections), Pairs.run(ours, nginx, round), report);
      }
    }
    return curve;
  }

  private static Curve held(Nginx nginx, Report report) throws Exception {
    Curve curve =
        new Curve(
            "held",
            "images of %s, %d connections".formatted(size(HELD_KIB), FEW),
            "share of the pool that other images hold");
    Map<String, String> settings =
        Map.of(
            "COATCHECK_MEMORY", POOL_IMAGES * (HELD_KIB >> 10) + "MiB", "COATCHECK_TTL", "3600s");
    try (Coatcheck ours = Coatcheck.start(settings)) {
      Round round = new Round(HELD_IMAGES_A_ROUND, HELD_KIB << 10, FEW);
      int held = 0;
      for (int percent : HELD_PERCENT) {
        int more = POOL_IMAGES * percent / 100 - held;
        var _ = ours.stock(more, HELD_KIB << 10);
        held += more;
        curve.add(percent + " %", Pairs.run(ours, nginx, round), report);
      }
    }
    return curve;
  }

  private static String size(int kib) {
    return kib < 1 << 10 ? kib + " KiB" : (kib >> 10) + " MiB";
  }
}
