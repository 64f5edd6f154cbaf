package dev.coatcheck.cli.hostile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What came of a scenario.
 *
 * @param scenario its name
 * @param doors where
 * @param asked how many images healthy clients asked for
 * @param served how many they were given
 * @param median how long half of them have waited at most
 * @param worst how long the last one has waited
 * @param functionCalls how many functions ran that no healthy client had asked for
 * @param courses how it went with each process
 * @param failures why it did not hold
 */
record Outcome(
    String scenario,
    String doors,
    int asked,
    int served,
    Duration median,
    Duration worst,
    int functionCalls,
    List<Course> courses,
    List<String> failures) {

  Outcome {
    courses = List.copyOf(courses);
    failures = List.copyOf(failures);
  }

  boolean held() {
    return failures.isEmpty();
  }

  /** The same, with more failures. */
  Outcome with(List<String> more) {
    List<String> all = new ArrayList<>(failures);
    all.addAll(more);
    return new Outcome(scenario, doors, asked, served, median, worst, functionCalls, courses, all);
  }

  /** The first line of the table, without the processes. */
  String line() {
    return "%-6s %-28s healthy %3d of %3d, p50 %5d ms, worst %5d ms, calls %4d  [%s]"
        .formatted(
            held() ? "held" : "FAILED",
            scenario,
            served,
            asked,
            median.toMillis(),
            worst.toMillis(),
            functionCalls,
            doors);
  }

  /** All of its lines. */
  @Override
  public String toString() {
    StringBuilder lines = new StringBuilder(line()).append('\n');
    courses.forEach(course -> lines.append("         ").append(course).append('\n'));
    failures.forEach(failure -> lines.append("       ! ").append(failure).append('\n'));
    return lines.toString();
  }
}
