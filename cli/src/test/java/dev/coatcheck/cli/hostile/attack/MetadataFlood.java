package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Frames;
import dev.coatcheck.cli.hostile.wire.Hpack;
import dev.coatcheck.cli.hostile.wire.Http2Connection;
import java.io.IOException;
import java.util.Set;

/** Requests that bring as many header fields as may just be taken, and stay open. */
final class MetadataFlood implements Attack {

  private static final int CONNECTIONS = 16;
  private static final int STREAMS = 100;
  private static final int FIELDS = 70;
  private static final int VALUE_BYTES = 40;

  @Override
  public String name() {
    return "metadata flood";
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.values());
  }

  @Override
  public void strike(Attacker attacker) throws InterruptedException {
    attacker.repeat(CONNECTIONS, () -> flood(attacker));
  }

  private static void flood(Attacker attacker) throws IOException, InterruptedException {
    Hpack block = attacker.door().requestWithBody();
    for (int i = 0; i < FIELDS; i++) {
      block.field("x-" + i, "x".repeat(VALUE_BYTES));
    }
    byte[] head = block.toBytes();
    Http2Connection connection = attacker.http2();
    for (int i = 0; i < STREAMS; i++) {
      connection.send(new Frames().headers(connection.nextStream(), head, Frames.END_HEADERS));
    }
    attacker.hold();
  }
}
