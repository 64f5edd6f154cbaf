package dev.coatcheck.cli.hostile;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with the resident memory of processes that were attacked twice in the same way. */
final class Memory {

  private Memory() {}

  static List<String> failures(Outcome first, Outcome second) {
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < second.courses().size(); i++) {
      Course then = first.courses().get(i);
      Course now = second.courses().get(i);
      Bounds bounds = Bounds.of(now.process());
      long peak = Math.max(then.peak().residentBytes(), now.peak().residentBytes());
      if (peak > bounds.residentBytes()) {
        failures.add(
            "%s had %d MiB resident (expected: at most %d, as README promises)"
                .formatted(
                    now.process(),
                    Course.mebibytes(peak),
                    Course.mebibytes(bounds.residentBytes())));
      }
      long before = then.after().residentBytes();
      long after = now.after().residentBytes();
      if (after > before * bounds.growth()) {
        failures.add(
            "%s grew from %d to %d MiB by the second attack (expected: less than 5 %%)"
                .formatted(now.process(), Course.mebibytes(before), Course.mebibytes(after)));
      }
    }
    return failures;
  }
}
