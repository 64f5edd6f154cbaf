package dev.coatcheck.cli.hostile;

import dev.coatcheck.cli.fleet.FleetProcess;
import dev.coatcheck.cli.hostile.Scenario.Strike;
import dev.coatcheck.cli.hostile.attack.Attacker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tries a scenario on a fleet, beside healthy clients, and looks whether all held that must hold.
 *
 * <p><b>Threading:</b> one thread.
 */
final class Rehearsal {

  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final int MIN_ORDERS = 5;
  private static final Duration TO_SETTLE = Duration.ofSeconds(30);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
  private static final int CLIPPED = 300;

  /** A call of a function beyond those that attackers were entitled to. */
  private static final int CALLS_TO_SPARE = 1;

  private final Scenario scenario;
  private final Duration time;
  private final Target target;
  private final List<String> failures = new ArrayList<>();
  private final List<Attacker> attackers = new ArrayList<>();

  private Rehearsal(Scenario scenario, Duration time, Target target) {
    this.scenario = scenario;
    this.time = time;
    this.target = target;
  }

  static Outcome of(Scenario scenario, Duration time, Target target)
      throws IOException, InterruptedException {
    return new Rehearsal(scenario, time, target).run();
  }

  private Outcome run() throws IOException, InterruptedException {
    try (Watch watch = Watch.begin(target);
        LongDownloads downloads = LongDownloads.begin(target, time)) {
      HealthyClients clients = HealthyClients.begin(target, period());
      try (clients) {
        strike();
      }
      List<String> cut = downloads.awaitEnd();
      int healthy = clients.asked() + downloads.count();
      int calls = Math.max(0, watch.invocations() - healthy);

      judgeDeaths();
      failures.addAll(cut);
      failures.addAll(clients.failures());
      attackers.forEach(attacker -> failures.addAll(attacker.breaches()));
      judgeCalls(calls);
      judgeDescriptors(watch);
      List<Course> courses = watch.courses();
      courses.forEach(this::judgeThreads);
      return new Outcome(
          scenario.name(),
          scenario.doors(),
          healthy,
          clients.served() + downloads.count() - cut.size(),
          clients.median(),
          clients.worst(),
          calls,
          courses,
          counted(failures));
    }
  }

  /** At least some orders fall into the time of the attack. */
  private Duration period() {
    Duration period = time.dividedBy(MIN_ORDERS);
    return period.compareTo(PERIOD) < 0 ? period : PERIOD;
  }

  /** Does everything at once, until the time is over. */
  private void strike() throws InterruptedException {
    List<Thread> strikes = new ArrayList<>();
    for (Strike strike : scenario.strikes()) {
      Attacker attacker = new Attacker(strike.door(), target.address(strike.door()), time);
      attackers.add(attacker);
      strikes.add(
          Thread.ofPlatform().name(strike.attack().name()).start(() -> strike(strike, attacker)));
    }
    Thread.sleep(time);
    for (Attacker attacker : attackers) {
      attacker.close();
    }
    for (Thread strike : strikes) {
      strike.join();
    }
  }

  private static void strike(Strike strike, Attacker attacker) {
    try {
      strike.attack().strike(attacker);
    } catch (IOException e) {
      // The server has ended it, or the time is over.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void judgeDeaths() throws IOException {
    for (FleetProcess process : target.attacked()) {
      if (!process.isAlive()) {
        String why =
            process.log().stream()
                .filter(line -> line.contains("OutOfMemoryError") || line.contains("SIG"))
                .findFirst()
                .orElse("without a word");
        failures.add(process.name() + " ended with exit code " + process.exitCode() + ": " + why);
      }
    }
  }

  private void judgeCalls(int calls) {
    int entitled = attackers.stream().mapToInt(Attacker::entitledCalls).sum();
    if (calls > entitled + CALLS_TO_SPARE) {
      failures.add(calls + " functions ran (expected: at most " + entitled + ")");
    }
  }

  /** Connections have gone when their clients have, but not in the same moment. */
  private void judgeDescriptors(Watch watch) throws InterruptedException {
    long deadline = System.nanoTime() + TO_SETTLE.toNanos();
    for (FleetProcess process : target.attacked()) {
      int most = watch.descriptorsBefore(process) + Bounds.of(process.name()).moreDescriptors();
      while (Watch.descriptors(process) > most && System.nanoTime() - deadline < 0) {
        Thread.sleep(LOOK_AGAIN);
      }
      int left = Watch.descriptors(process);
      if (left > most) {
        failures.add(
            "%s has %d descriptors when all is over (expected: at most %d)"
                .formatted(process.name(), left, most));
      }
    }
  }

  private void judgeThreads(Course course) {
    int most = Bounds.of(course.process()).threads();
    if (course.peak().threads() > most) {
      failures.add(
          "%s had %d threads (expected: at most %d)"
              .formatted(course.process(), course.peak().threads(), most));
    }
  }

  /** Each once, with how often. */
  private static List<String> counted(List<String> all) {
    Map<String, Integer> times = new LinkedHashMap<>();
    all.forEach(failure ->
        times.merge(failure.substring(0, Math.min(CLIPPED, failure.length())), 1, Integer::sum));
    return times.entrySet().stream()
        .map(failure ->
            (failure.getValue() > 1 ? failure.getValue() + " x " : "") + failure.getKey())
        .toList();
  }
}
