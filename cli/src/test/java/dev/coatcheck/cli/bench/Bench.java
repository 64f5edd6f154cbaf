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

  private static final int USAGE = 2;
  private static final Map<String, Benchmark> ALL = new LinkedHashMap<>();

  static {
    ALL.put("throughput", new Throughput());
    ALL.put("plain", new AgainstPlain());
    ALL.put("map", new AgainstMap());
    ALL.put("first-byte", new FirstByte());
    ALL.put("cut-through", new CutThrough());
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
    for (String name : names) {
      System.err.println(name);
      Benchmark benchmark = ALL.get(name);
      if (benchmark != null) {
        benchmark.run(report);
      }
    }
    System.out.print(report.table());
    report.writeJson(Path.of(System.getProperty("coatcheck.root", "."), "cli/target/bench.json"));
  }
}
