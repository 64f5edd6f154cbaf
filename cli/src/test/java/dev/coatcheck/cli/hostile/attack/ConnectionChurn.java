package dev.coatcheck.cli.hostile.attack;

import java.net.Socket;
import java.util.Set;

/** Connections that are reset as soon as they are there, as fast as they can be made. */
final class ConnectionChurn implements Attack {

  private static final int THREADS = 4;

  @Override
  public String name() {
    return "connection churn";
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.values());
  }

  @Override
  public void strike(Attacker attacker) throws InterruptedException {
    attacker.repeat(
        THREADS,
        () -> {
          while (!attacker.isOver()) {
            Socket socket = attacker.connect();
            socket.setSoLinger(true, 0);
            attacker.release(socket);
          }
        });
  }
}
