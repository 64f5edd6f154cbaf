package dev.coatcheck.cli.tails;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What became of all images, to be printed and to be checked.
 *
 * <p><b>Threading:</b> any thread.
 */
final class Account {

  /** The columns: each counts the outcomes that it is true of. */
  private static final Map<String, Predicate<Outcome>> COUNTS = new LinkedHashMap<>();

  static {
    COUNTS.put("rounds", _ -> true);
    COUNTS.put("broken", Outcome::isBroken);
    COUNTS.put("had all", Outcome::hadAll);
    COUNTS.put("lost", is(Outcome.Fate.LOST));
    COUNTS.put("taken", is(Outcome.Fate.TAKEN));
    COUNTS.put("clean", outcome -> outcome.plan().end().isClean());
    COUNTS.put("twice", is(Outcome.Fate.TWICE));
    COUNTS.put("corrupted", is(Outcome.Fate.CORRUPTED));
    COUNTS.put("failed", is(Outcome.Fate.FAILED));
  }

  private final long seed;

  // state, under this
  private final List<Outcome> outcomes = new ArrayList<>();

  Account(long seed) {
    this.seed = seed;
  }

  synchronized void add(Outcome outcome) {
    outcomes.add(outcome);
    boolean whole = outcome.fate() == Outcome.Fate.WHOLE;
    System.out.println((whole ? "  " : "! " + outcome.fate() + " ") + outcome);
  }

  /** What was counted of each client, and how long after their clean ends the images were gone. */
  synchronized String table() {
    Map<String, List<Outcome>> rows = new TreeMap<>();
    for (Outcome outcome : outcomes) {
      Client client = outcome.plan().client();
      String name = "%-14s %-9s".formatted(client.name(), client.protocol());
      rows.computeIfAbsent(name, _ -> new ArrayList<>()).add(outcome);
    }
    StringBuilder table = new StringBuilder("%-24s".formatted("client"));
    COUNTS.keySet().forEach(name -> table.append(" %9s".formatted(name)));
    table.append("   410 after its end   410, it lives on (median, worst)\n");
    rows.forEach((name, row) -> table.append(line(name, row)));
    table.append(line("all (seed %d)".formatted(seed), outcomes));
    for (Client client : outcomes.stream().map(o -> o.plan().client()).distinct().toList()) {
      ReadAhead.reason(client)
          .ifPresent(reason -> table.append("%s: %s\n".formatted(client.name(), reason)));
    }
    return table.toString();
  }

  private static String line(String name, List<Outcome> row) {
    StringBuilder line = new StringBuilder("%-24s".formatted(name));
    COUNTS.forEach((_, counts) -> line.append(" %9d".formatted(count(row, counts))));
    return line.append("   %17s   %s\n".formatted(gone(row, End.CLEAN), gone(row, End.KEPT)))
        .toString();
  }

  private static long count(List<Outcome> row, Predicate<Outcome> counts) {
    return row.stream().filter(counts).count();
  }

  private static String gone(List<Outcome> row, End end) {
    List<Duration> times =
        row.stream()
            .filter(outcome -> outcome.plan().end() == end)
            .map(Outcome::gone)
            .flatMap(Optional::stream)
            .sorted()
            .toList();
    return times.isEmpty()
        ? "-"
        : "%d, %d ms".formatted(times.get(times.size() / 2).toMillis(), times.getLast().toMillis());
  }

  private static Predicate<Outcome> is(Outcome.Fate fate) {
    return outcome -> outcome.fate() == fate;
  }

  private static boolean isGood(Outcome outcome) {
    return outcome.fate() == Outcome.Fate.WHOLE
        || (outcome.fate() == Outcome.Fate.TAKEN
            && ReadAhead.reason(outcome.plan().client()).isPresent());
  }

  /**
   * Prints the table, and fails unless every one of so many images came whole, and once, but for
   * what clients that {@link ReadAhead} had taken.
   */
  void close(int rounds) {
    close(rounds, Account::isGood);
  }

  /** Prints the table, and fails unless there were so many outcomes, all of them good. */
  synchronized void close(int rounds, Predicate<Outcome> isGood) {
    System.out.print(table());
    assertThat(outcomes.stream().filter(isGood.negate())).isEmpty();
    assertThat(outcomes.size()).isEqualTo(rounds);
  }
}
