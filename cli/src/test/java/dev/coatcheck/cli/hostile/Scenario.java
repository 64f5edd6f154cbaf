package dev.coatcheck.cli.hostile;

import dev.coatcheck.cli.hostile.attack.Attack;
import dev.coatcheck.cli.hostile.attack.Door;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Attacks that are tried at once, each at some doors.
 *
 * @param name what the table calls it
 * @param strikes what is done where
 */
record Scenario(String name, List<Strike> strikes) {

  /** One attack at one door. */
  record Strike(Attack attack, Door door) {}

  Scenario {
    strikes = List.copyOf(strikes);
  }

  /** The doors, each once. */
  String doors() {
    return strikes.stream()
        .map(Strike::door)
        .distinct()
        .sorted()
        .map(Door::toString)
        .collect(Collectors.joining(", "));
  }
}
