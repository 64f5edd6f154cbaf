package dev.coatcheck.cli.hostile.attack;

import java.io.IOException;
import java.util.Set;

/**
 * One thing that a hostile client does.
 *
 * <p><b>Threading:</b> keeps no state; one thread a door, and any number of them that the attacker
 * starts.
 */
public interface Attack {

  /** What it is called in the field. */
  String name();

  /** Where it can be tried. */
  Set<Door> doors();

  /**
   * Does it at a door until {@link Attacker#isOver}, or until all of it is done; what it has opened
   * stays open until the time is over.
   *
   * @throws IOException if a connection is ended, which is what a server may do
   */
  void strike(Attacker attacker) throws IOException, InterruptedException;
}
