package dev.coatcheck.cli.hostile;

import java.util.ArrayList;
import java.util.List;

/**
 * What is wrong with the resident memory of processes that were attacked again and again in the
 * same way.
 */
final class Memory {

  private Memory() {}

  /** Whose memory has ever been more than is promised. */
  static List<String> excess(Outcome attack) {
    List<String> failures = new ArrayList<>();
    for (Course course : attack.courses()) {
      long most = Bounds.of(course.process()).residentBytes();
      if (course.peak().residentBytes() > most) {
        failures.add(
            "%s had %d MiB resident (expected: at most %d, as docs/operating.md promises)"
                .formatted(
                    course.process(),
                    Course.mebibytes(course.peak().residentBytes()),
                    Course.mebibytes(most)));
      }
    }
    return failures;
  }

  /** Who has more after an attack than after the same attack before. */
  static List<String> growth(Outcome before, Outcome after) {
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < after.courses().size(); i++) {
      Course now = after.courses().get(i);
      long then = before.courses().get(i).after().residentBytes();
      if (now.after().residentBytes() > then * Bounds.of(now.process()).growth()) {
        failures.add(
            "%s grew from %d to %d MiB by the same attack again (expected: less than 5 %%)"
                .formatted(
                    now.process(),
                    Course.mebibytes(then),
                    Course.mebibytes(now.after().residentBytes())));
      }
    }
    return failures;
  }
}
