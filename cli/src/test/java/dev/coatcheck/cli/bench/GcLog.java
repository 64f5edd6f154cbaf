package dev.coatcheck.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The logs that the collectors of a fleet write, one for each process, whichever they are. */
final class GcLog {

  private static final Pattern PAUSE = Pattern.compile("\\bPause (.*?) ?([0-9.]+)ms$");
  private static final String ASKED_FOR = "System.gc()";

  private GcLog() {}

  /** Makes each JVM write one into {@code directory}. */
  static String flag(Path directory) {
    return "-Xlog:gc,gc+phases:file=" + directory.resolve("gc-%p.log");
  }

  static Path of(Path directory, long pid) {
    return directory.resolve("gc-" + pid + ".log");
  }

  /** Every pause so far, but those that were asked for. */
  static List<Double> pausesMillis(Path log) throws IOException {
    List<Double> pauses = new ArrayList<>();
    for (String line : Files.readAllLines(log)) {
      Matcher pause = PAUSE.matcher(line);
      if (pause.find() && !pause.group(1).contains(ASKED_FOR)) {
        pauses.add(Double.parseDouble(pause.group(2)));
      }
    }
    return pauses;
  }

  static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
