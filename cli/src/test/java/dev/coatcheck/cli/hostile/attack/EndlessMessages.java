package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Frames;
import dev.coatcheck.cli.hostile.wire.Http2Connection;
import java.io.IOException;
import java.util.Set;

/** gRPC messages of 4 MiB whose last byte never comes, on 12 connections. */
final class EndlessMessages implements Attack {

  private static final int CONNECTIONS = 12;
  private static final int STREAMS = 100;
  private static final int ANNOUNCED_BYTES = 4 << 20;

  @Override
  public String name() {
    return "messages of 4 MiB without end";
  }

  @Override
  public Set<Door> doors() {
    return Set.of(
        Door.GATEWAY_GRPC, Door.GATEWAY_MANAGEMENT, Door.GENERATOR_GRPC, Door.GENERATOR_MANAGEMENT);
  }

  @Override
  public void strike(Attacker attacker) throws InterruptedException {
    byte[] message = Creates.beginning(ANNOUNCED_BYTES, ANNOUNCED_BYTES - 1);
    attacker.repeat(CONNECTIONS, () -> send(attacker, message));
  }

  private static void send(Attacker attacker, byte[] message)
      throws IOException, InterruptedException {
    byte[] head = attacker.door().requestWithBody().toBytes();
    Http2Connection connection = attacker.http2();
    for (int i = 0; i < STREAMS && !attacker.isOver(); i++) {
      int stream = connection.nextStream();
      connection.send(new Frames().headers(stream, head, Frames.END_HEADERS));
      connection.sendBody(stream, message);
    }
    attacker.hold();
  }
}
