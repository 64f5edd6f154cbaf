package dev.coatcheck.cli.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Every attack on a fleet of processes, beside healthy clients: no process ends, every healthy
 * client is served, and nothing is left behind.
 *
 * <p>{@code -Dcoatcheck.hostile} says for how many seconds each, and asks for the long form: door
 * by door, each attack twice at least, with bounds on memory. {@code -Dcoatcheck.attacks} is a
 * regular expression for the names of the attacks to try.
 */
@Isolated("what healthy clients wait is measured")
final class HostileIT {

  private static final int SECONDS = Integer.getInteger("coatcheck.hostile", 0);
  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final int MAX_REPETITIONS = 4;
  private static final Pattern NAMES =
      Pattern.compile(System.getProperty("coatcheck.attacks", ""), Pattern.CASE_INSENSITIVE);

  private static final List<Outcome> outcomes = new ArrayList<>();
  private static @Nullable Target target;

  @TestFactory
  Stream<DynamicTest> holds() {
    return (SECONDS > 0 ? Scenarios.apart() : Scenarios.together())
        .stream()
            .filter(scenario -> NAMES.matcher(scenario.name()).find())
            .map(scenario ->
                DynamicTest.dynamicTest(
                    scenario.name() + " at " + scenario.doors(), () -> holds(scenario)));
  }

  private static void holds(Scenario scenario) throws Exception {
    Outcome outcome = SECONDS > 0 ? again(scenario) : once(scenario, SHORT);
    System.out.print(outcome);
    outcomes.add(outcome);
    if (!outcome.held()) {
      end(); // the next one finds a fleet that nothing has happened to
    }
    assertThat(outcome.failures()).as(outcome.toString()).isEmpty();
  }

  private static Outcome once(Scenario scenario, Duration time) throws Exception {
    Target attacked = target;
    if (attacked == null) {
      attacked = Target.start();
      target = attacked;
      System.out.print(Rehearsal.of(Scenarios.peace(), SHORT, attacked));
    }
    return Rehearsal.of(scenario, time, attacked);
  }

  /** Twice, and again while memory grows: what warms up ends growing, what leaks does not. */
  private static Outcome again(Scenario scenario) throws Exception {
    Outcome before = bounded(scenario);
    List<String> growth = List.of();
    for (int repetition = 1; repetition <= MAX_REPETITIONS && before.held(); repetition++) {
      System.out.print(before);
      Outcome after = bounded(scenario);
      growth = Memory.growth(before, after);
      before = after;
      if (growth.isEmpty()) {
        break;
      }
    }
    return before.with(growth);
  }

  private static Outcome bounded(Scenario scenario) throws Exception {
    Outcome outcome = once(scenario, Duration.ofSeconds(SECONDS));
    return outcome.with(Memory.excess(outcome));
  }

  @AfterAll
  static void summarize() {
    end();
    long held = outcomes.stream().filter(Outcome::held).count();
    System.out.printf("%d of %d held%n", held, outcomes.size());
    outcomes.forEach(outcome -> System.out.println(outcome.line()));
  }

  private static void end() {
    Target ended = target;
    target = null;
    if (ended != null) {
      ended.close();
    }
  }
}
