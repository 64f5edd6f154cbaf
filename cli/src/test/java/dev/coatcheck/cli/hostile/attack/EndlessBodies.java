package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Frames;
import dev.coatcheck.cli.hostile.wire.Http2Connection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** JSON bodies of just less than 64 KiB whose end never comes: 128 on each of 16 connections. */
final class EndlessBodies implements Attack {

  private static final int CONNECTIONS = 16;
  private static final int STREAMS = 128;
  private static final int BODY_BYTES = (64 << 10) - 100;

  @Override
  public String name() {
    return "JSON bodies without end";
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.GATEWAY_HTTP);
  }

  @Override
  public void strike(Attacker attacker) throws InterruptedException {
    byte[] body =
        ("{\"spec\": {\"x\": \"" + "x".repeat(BODY_BYTES)).getBytes(StandardCharsets.US_ASCII);
    attacker.repeat(CONNECTIONS, () -> send(attacker, body));
  }

  private static void send(Attacker attacker, byte[] body)
      throws IOException, InterruptedException {
    byte[] head = attacker.door().requestWithBody().toBytes();
    Http2Connection connection = attacker.http2();
    for (int i = 0; i < STREAMS && !attacker.isOver(); i++) {
      int stream = connection.nextStream();
      connection.send(new Frames().headers(stream, head, Frames.END_HEADERS));
      connection.sendBody(stream, body);
    }
    attacker.hold();
  }
}
