package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Frames;
import dev.coatcheck.cli.hostile.wire.Http2Connection;
import java.io.IOException;
import java.util.Set;

/** Calls that bring their message, and never say that they have no other. */
final class HalfOpenCalls implements Attack {

  private static final int CONNECTIONS = 40;
  private static final int STREAMS = 100;

  @Override
  public String name() {
    return "calls without half-close";
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.GATEWAY_GRPC, Door.GENERATOR_GRPC);
  }

  @Override
  public void strike(Attacker attacker) throws InterruptedException {
    attacker.repeat(CONNECTIONS, () -> call(attacker));
  }

  private static void call(Attacker attacker) throws IOException, InterruptedException {
    byte[] head = Door.call(Creates.PATH).toBytes();
    byte[] body = Creates.message(Creates.small().build());
    Http2Connection connection = attacker.http2();
    for (int i = 0; i < STREAMS; i++) {
      int stream = connection.nextStream();
      connection.send(new Frames().headers(stream, head, Frames.END_HEADERS).data(stream, body, 0));
    }
    attacker.hold();
  }
}
