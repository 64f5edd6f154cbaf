package dev.coatcheck.cli.hostile;

import dev.coatcheck.cli.hostile.Scenario.Strike;
import dev.coatcheck.cli.hostile.attack.Attack;
import dev.coatcheck.cli.hostile.attack.Attacks;
import dev.coatcheck.cli.hostile.attack.Door;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What is tried, one after the other. */
final class Scenarios {

  /** What a process opens is attacked at once, but for its main door where there are two. */
  private static final List<Set<Door>> APART =
      List.of(
          Set.of(Door.GATEWAY_HTTP),
          Set.of(Door.GATEWAY_GRPC, Door.GATEWAY_MANAGEMENT),
          Set.of(Door.GENERATOR_GRPC, Door.GENERATOR_MANAGEMENT));

  private Scenarios() {}

  /** No attack at all: what all others are beside, and what warms a new fleet up. */
  static Scenario peace() {
    return new Scenario("none", List.of());
  }

  /** Each attack once, at all its doors together. */
  static List<Scenario> together() {
    return Attacks.all().stream().map(attack -> scenario(attack, Set.of(Door.values()))).toList();
  }

  /** Each attack at one process, and at one protocol, after the other. */
  static List<Scenario> apart() {
    List<Scenario> scenarios = new ArrayList<>();
    for (Attack attack : Attacks.all()) {
      for (Set<Door> doors : APART) {
        if (attack.doors().stream().anyMatch(doors::contains)) {
          scenarios.add(scenario(attack, doors));
        }
      }
    }
    return scenarios;
  }

  private static Scenario scenario(Attack attack, Set<Door> doors) {
    return new Scenario(
        attack.name(),
        attack.doors().stream()
            .filter(doors::contains)
            .sorted()
            .map(door -> new Strike(attack, door))
            .toList());
  }
}
