package dev.coatcheck.cli.bench;

import dev.coatcheck.cli.bench.Row.Bound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** How figures of ours and of nginx change with one thing: as rows, and as plots. */
final class Curve {

  private static final String GATEWAY = "coatcheck, its gateway";
  private static final String PROXY = "nginx, its proxy";

  private final String name;
  private final String title;
  private final String along;
  private final List<String> places = new ArrayList<>();
  private final List<Pairs> pairs = new ArrayList<>();

  /**
   * A curve without a point.
   *
   * @param name of its files
   * @param title what stays the same
   * @param along what changes
   */
  Curve(String name, String title, String along) {
    this.name = name;
    this.title = title;
    this.along = along;
  }

  /** Adds a point, and its rows. */
  void add(String place, Pairs measured, Report report) {
    places.add(place);
    pairs.add(measured);
    report.add(row("bytes/s", place, "MB/s", measured, Curve::megabytes));
    report.add(row("gateway's CPU a GB", place, "s", measured, Round.Result::frontCpuPerGigabyte));
  }

  private Row row(
      String what,
      String place,
      String unit,
      Pairs measured,
      ToDoubleFunction<Round.Result> figure) {
    return Row.against(
        "nginx",
        "%s, %s: %s".formatted(what, name, place),
        unit,
        measured.ours(figure),
        measured.theirs(figure),
        Bound.none());
  }

  private static double megabytes(Round.Result result) {
    return result.bytesPerSecond() / 1e6;
  }

  /** Writes the plots, {@code NAME-throughput.svg} and {@code NAME-cpu.svg}. */
  void plot(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(
        directory.resolve(name + "-throughput.svg"),
        new LinePlot("Throughput, " + title, along, "MB/s, end to end", places)
            .add("coatcheck", points(each -> each.ours(Curve::megabytes)))
            .add("nginx before nginx", points(each -> each.theirs(Curve::megabytes)))
            .svg());
    ToDoubleFunction<Round.Result> front = Round.Result::frontCpuPerGigabyte;
    ToDoubleFunction<Round.Result> both = Round.Result::cpuPerGigabyte;
    Files.writeString(
        directory.resolve(name + "-cpu.svg"),
        new LinePlot("CPU, " + title, along, "CPU-seconds a GB", places)
            .add(GATEWAY, points(each -> each.ours(front)))
            .add(PROXY, points(each -> each.theirs(front)))
            .add("coatcheck, both", points(each -> each.ours(both)))
            .add("nginx, both", points(each -> each.theirs(both)))
            .svg());
  }

  private List<Samples> points(Function<Pairs, Samples> figure) {
    return pairs.stream().map(figure).toList();
  }
}
