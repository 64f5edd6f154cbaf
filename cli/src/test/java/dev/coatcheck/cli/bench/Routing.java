package dev.coatcheck.cli.bench;

import dev.coatcheck.cli.bench.Row.Bound;
import java.util.LinkedHashMap;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;

/** Where a request goes, with 1,000 generators known against 2, by JMH. */
final class Routing implements Benchmark {

  private static final String FEW = "2";
  private static final String MANY = "1000";
  private static final Map<String, String> WHAT = new LinkedHashMap<>();

  static {
    WHAT.put("pickup", "the way of a pickup, 1,000 generators known");
    WHAT.put("create", "the place of a new image, 1,000 generators known");
    WHAT.put("createWithRequestId", "the same with a request id, 1,000 generators known");
  }

  @Override
  public void run(Report report) throws Exception {
    Map<String, Samples> samples = new LinkedHashMap<>();
    for (RunResult result : Jmh.results("RoutingBenchmark")) {
      String path = result.getParams().getBenchmark();
      String method = path.substring(path.lastIndexOf('.') + 1);
      samples.put(method + result.getParams().getParam("generators"), Jmh.samples(result));
    }
    WHAT.forEach((method, what) ->
        report.add(
            Row.against(
                "2",
                what,
                "ns",
                samples.getOrDefault(method + MANY, new Samples()),
                samples.getOrDefault(method + FEW, new Samples()),
                Bound.atMost(1.5, 1.1))));
  }
}
