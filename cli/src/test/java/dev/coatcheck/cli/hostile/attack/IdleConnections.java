package dev.coatcheck.cli.hostile.attack;

import java.io.IOException;
import java.util.Set;

/** 2,000 connections at which nothing is ever said. */
final class IdleConnections implements Attack {

  private static final int CONNECTIONS = 2000;

  @Override
  public String name() {
    return "2,000 idle connections";
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.values());
  }

  @Override
  public void strike(Attacker attacker) throws IOException {
    for (int i = 0; i < CONNECTIONS && !attacker.isOver(); i++) {
      attacker.connect();
    }
  }
}
