package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Frames;
import dev.coatcheck.cli.hostile.wire.Hpack;
import dev.coatcheck.cli.hostile.wire.Http2Connection;
import java.io.IOException;
import java.util.Set;

/** A WebSocket over HTTP/2 (RFC 8441) whose client says at once that it has nothing to send. */
final class ExtendedConnect implements Attack {

  private static final int CONNECTIONS = 4;
  private static final int STREAMS = 20;

  @Override
  public String name() {
    return "extended CONNECT with END_STREAM";
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.values());
  }

  @Override
  public void strike(Attacker attacker) throws InterruptedException {
    attacker.repeat(CONNECTIONS, () -> connect(attacker));
  }

  private static void connect(Attacker attacker) throws IOException, InterruptedException {
    byte[] head =
        new Hpack()
            .field(":method", "CONNECT")
            .field(":protocol", "websocket")
            .field(":scheme", "http")
            .field(":path", "/v1/images/AAAAAAAAAAAAAAAA/socket")
            .field(":authority", "localhost")
            .field("sec-websocket-version", "13")
            .toBytes();
    Http2Connection connection = attacker.http2();
    for (int i = 0; i < STREAMS; i++) {
      int stream = connection.nextStream();
      connection.send(
          new Frames()
              .headers(stream, head, Frames.END_HEADERS)
              .data(stream, new byte[0], Frames.END_STREAM));
    }
    attacker.hold();
  }
}
