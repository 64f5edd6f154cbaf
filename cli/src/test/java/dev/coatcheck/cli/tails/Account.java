package dev.coatcheck.cli.tails;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What became of all images, to be printed and to be checked.
 *
 * <p><b>Threading:</b> any thread.
 */
final class Account {

  private static final int ROUNDS_A_LINE = 100;

  private final long seed;

  // state, under this
  private final List<Outcome> outcomes = new ArrayList<>();

  Account(long seed) {
    this.seed = seed;
  }

  synchronized void add(Outcome outcome) {
    outcomes.add(outcome);
    if (outcome.fate() != Outcome.Fate.WHOLE) {
      System.out.println("  ! " + outcome);
    }
    if (outcomes.size() % ROUNDS_A_LINE == 0) {
      System.out.println("tails: " + outcomes.size() + " rounds so far");
    }
  }

  private long count(Outcome.Fate fate) {
    return outcomes.stream().filter(outcome -> outcome.fate() == fate).count();
  }

  private long count(End end) {
    return outcomes.stream().filter(outcome -> outcome.plan().end() == end).count();
  }

  synchronized String table() {
    Map<String, List<Outcome>> rows = new TreeMap<>();
    for (Outcome outcome : outcomes) {
      String row =
          "%-16s %-14s".formatted(outcome.plan().client().name(), outcome.plan().end().words);
      rows.computeIfAbsent(row, _ -> new ArrayList<>()).add(outcome);
    }
    StringBuilder table =
        new StringBuilder(
            "%-31s %7s %7s %7s %9s %7s %7s %11s %11s\n"
                .formatted(
                    "client and its end",
                    "rounds",
                    "had all",
                    "lost",
                    "corrupted",
                    "twice",
                    "failed",
                    "410 median",
                    "410 worst"));
    rows.forEach((row, all) -> table.append(line(row, all)));
    return table
        .append(
            ("tails: %d killed, %d cut off (%d of both had all), %d ended cleanly: %d lost,"
                    + " %d corrupted, %d delivered twice, %d failed (seed %d)\n")
                .formatted(
                    count(End.KILLED),
                    count(End.CUT_OFF),
                    outcomes.stream().filter(Outcome::hadNothingToLose).count(),
                    count(End.CLEAN) + count(End.KEPT),
                    count(Outcome.Fate.LOST),
                    count(Outcome.Fate.CORRUPTED),
                    count(Outcome.Fate.TWICE),
                    count(Outcome.Fate.FAILED),
                    seed))
        .toString();
  }

  private static String line(String row, List<Outcome> all) {
    List<Duration> gone =
        all.stream().map(Outcome::gone).flatMap(Optional::stream).sorted().toList();
    return "%s %7d %7d %7d %9d %7d %7d %11s %11s\n"
        .formatted(
            row,
            all.size(),
            all.stream().filter(Outcome::hadNothingToLose).count(),
            of(all, Outcome.Fate.LOST),
            of(all, Outcome.Fate.CORRUPTED),
            of(all, Outcome.Fate.TWICE),
            of(all, Outcome.Fate.FAILED),
            gone.isEmpty() ? "" : gone.get(gone.size() / 2).toMillis() + " ms",
            gone.isEmpty() ? "" : gone.getLast().toMillis() + " ms");
  }

  private static long of(List<Outcome> all, Outcome.Fate fate) {
    return all.stream().filter(outcome -> outcome.fate() == fate).count();
  }

  /** Prints the table, and fails unless every one of so many images came whole, and once. */
  synchronized void close(int rounds) {
    System.out.print(table());
    assertThat(count(Outcome.Fate.WHOLE)).as(table()).isEqualTo(rounds);
  }
}
