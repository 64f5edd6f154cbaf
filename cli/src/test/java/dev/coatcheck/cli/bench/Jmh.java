package dev.coatcheck.cli.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * The JMH benchmarks of some classes, which stand among the tests of their modules. JMH's own words
 * go to {@code cli/target/jmh.log}.
 */
final class Jmh implements Benchmark {

  private static final int FORKS = Integer.getInteger("bench.forks", 1);
  private static final int WARM_UP = Integer.getInteger("bench.warmUp", 3);
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 7);

  private final List<String> classes;

  /**
   * Of these classes.
   *
   * @param classes their simple names
   */
  Jmh(String... classes) {
    this.classes = List.of(classes);
  }

  @Override
  public void run(Report report) throws Exception {
    for (String one : classes) {
      for (RunResult result : results(one)) {
        report.add(
            Row.alone(
                name(result.getParams()),
                result.getPrimaryResult().getScoreUnit(),
                samples(result),
                Row.Bound.none()));
      }
    }
  }

  /** Runs the benchmarks of one class. */
  static Collection<RunResult> results(String simpleName) throws Exception {
    Path root = Path.of(System.getProperty("coatcheck.root", "."));
    Path log = Files.createDirectories(root.resolve("cli/target")).resolve("jmh.log");
    try {
      return new Runner(
              new OptionsBuilder()
                  .include("\\." + simpleName + "\\.")
                  .forks(FORKS)
                  .warmupIterations(WARM_UP)
                  .warmupTime(TimeValue.seconds(1))
                  .measurementIterations(ROUNDS)
                  .measurementTime(TimeValue.seconds(1))
                  .jvmArgs(
                      "-Xmx1g",
                      "-Dlogback.configurationFile="
                          + root.resolve("cli/src/test/resources/logback-test.xml"),
                      "--enable-native-access=ALL-UNNAMED",
                      "--sun-misc-unsafe-memory-access=allow")
                  .shouldFailOnError(true)
                  .output(log.toString())
                  .build())
          .run();
    } catch (RunnerException e) {
      throw new IllegalStateException(simpleName + " failed, see " + log, e);
    }
  }

  /** The class, the method, and the parameters. */
  static String name(BenchmarkParams params) {
    String[] path = params.getBenchmark().split("\\.", -1);
    String keys =
        params.getParamsKeys().stream()
            .map(key -> ", " + key + " " + params.getParam(key))
            .collect(Collectors.joining());
    return path[path.length - 2] + "." + path[path.length - 1] + keys;
  }

  /** Iteration by iteration. */
  static Samples samples(RunResult result) {
    Samples samples = new Samples();
    for (BenchmarkResult fork : new ArrayList<>(result.getBenchmarkResults())) {
      fork.getIterationResults()
          .forEach(iteration -> samples.add(iteration.getPrimaryResult().getScore()));
    }
    return samples;
  }
}
