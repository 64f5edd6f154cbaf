package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Frames;
import dev.coatcheck.cli.hostile.wire.Http2Connection;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** 60 connections with 128 requests on each, all of which end in the same moment. */
final class ClosedConnections implements Attack {

  private static final int CONNECTIONS = 60;
  private static final int STREAMS = 128;

  @Override
  public String name() {
    return "60 connections closed at once";
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.values());
  }

  @Override
  public void strike(Attacker attacker) throws InterruptedException {
    attacker.repeat(1, () -> openAndClose(attacker));
  }

  private static void openAndClose(Attacker attacker) throws IOException {
    byte[] head = attacker.door().requestWithBody().toBytes();
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        Socket socket = attacker.connect();
        sockets.add(socket);
        Http2Connection connection = Http2Connection.open(socket);
        Frames frames = new Frames();
        for (int n = 0; n < STREAMS; n++) {
          frames.headers(connection.nextStream(), head, Frames.END_HEADERS);
        }
        connection.send(frames);
      }
    } finally {
      sockets.forEach(attacker::release);
    }
  }
}
