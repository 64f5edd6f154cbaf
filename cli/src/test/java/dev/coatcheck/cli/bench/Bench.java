package dev.coatcheck.cli.bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs benchmarks by name, or all of them, and prints one table; the same as JSON in {@code
 * cli/target/bench.json}.
 */
public final class Bench {

  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final Map<String, Benchmark> ALL = new LinkedHashMap<>();

  static {
    ALL.put("throughput", new Throughput());
    ALL.put("plain", new AgainstPlain());
    ALL.put("map", new AgainstMap());
    ALL.put("first-byte", new FirstByte());
    ALL.put("cut-through", new CutThrough());
    ALL.put("pickups", new Pickups());
    ALL.put("copying", new CopyingPath());
    ALL.put("heap", new HeapAllocated());
    ALL.put("held", new HeldImages());
    ALL.put("stalled", new StalledReaders());
    ALL.put("slow", new SlowReader());
    ALL.put("watchers", new IdleWatchers());
    ALL.put("routing", new Routing());
    ALL.put("chunks", new Jmh("ChunkMarshallerBenchmark", "PassThroughMarshallerBenchmark"));
    ALL.put("pool", new Jmh("SegmentPoolBenchmark"));
    ALL.put("codec", new Jmh("KeySealerBenchmark"));
    ALL.put("relay", new Jmh("RelayBenchmark"));
    ALL.put("growth", new Growth());
  }

  private Bench() {}

  public static void main(String[] arguments) throws Exception {
    List<String> names = arguments.length == 0 ? List.copyOf(ALL.keySet()) : List.of(arguments);
    for (String name : names) {
      if (!ALL.containsKey(name)) {
        System.err.printf("bench: '%s' (expected: some of %s)%n", name, ALL.keySet());
        System.exit(USAGE);
      }
    }
    Report report = new Report();
    boolean failed = false;
    for (String name : names) {
      System.err.println(name);
      Benchmark benchmark = ALL.get(name);
      if (benchmark != null && !hasRun(name, benchmark, report)) {
        failed = true;
      }
    }
    System.out.print(report.table());
    report.writeJson(Path.of(System.getProperty("coatcheck.root", "."), "cli/target/bench.json"));
    System.exit(failed ? FAILED : 0);
  }

  /** False, and said why, if it failed: the others are run and told all the same. */
  private static boolean hasRun(String name, Benchmark benchmark, Report report) {
    try {
      benchmark.run(report);
      return true;
    } catch (Exception e) {
      System.err.println("bench: " + name + " failed");
      e.printStackTrace();
      return false;
    }
  }
}
