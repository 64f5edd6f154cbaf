package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Http1;
import dev.coatcheck.cli.hostile.wire.WebSocketFrames;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What no WebSocket's client may do, at a socket on which an image is coming. */
final class WebSocketViolation implements Attack {

  private static final int CONNECTIONS = 8;

  /** Between two images of a connection: as many functions as it could begin are no violation. */
  private static final Duration PAUSE = Duration.ofMillis(250);

  private static final int FRAMES_AT_ONCE = 500;
  private static final int SWITCHING_PROTOCOLS = 101;

  private static final String SLOW_IMAGE =
      """
      {"spec": {"sizeBytes": 60000, "bytesPerSecond": 2000}, "maxBytes": 65536, "ttl": "1s",
       "transfer": "RESPONSE_STREAM"}\
      """;

  private final String name;
  private final byte[] first;
  private final byte[] then;

  private WebSocketViolation(String name, WebSocketFrames first, WebSocketFrames then) {
    this.name = "WebSocket: " + name;
    this.first = first.toBytes();
    this.then = then.toBytes();
  }

  static List<Attack> all() {
    WebSocketFrames none = new WebSocketFrames();
    return List.of(
        new WebSocketViolation(
            "unmasked frames",
            none,
            new WebSocketFrames().unmasked(WebSocketFrames.TEXT, new byte[100])),
        new WebSocketViolation(
            "huge length",
            new WebSocketFrames().announced(WebSocketFrames.BINARY, Long.MAX_VALUE),
            new WebSocketFrames().masked(WebSocketFrames.BINARY, true, new byte[10_000])),
        new WebSocketViolation(
            "invalid UTF-8",
            none,
            new WebSocketFrames()
                .masked(WebSocketFrames.TEXT, true, new byte[] {(byte) 0xc3, (byte) 0x28})),
        new WebSocketViolation(
            "message without end",
            new WebSocketFrames().masked(WebSocketFrames.TEXT, false, new byte[1000]),
            new WebSocketFrames().masked(WebSocketFrames.CONTINUATION, false, new byte[10_000])),
        new WebSocketViolation(
            "ping flood",
            none,
            new WebSocketFrames().masked(WebSocketFrames.PING, true, new byte[125])));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.GATEWAY_HTTP);
  }

  @Override
  public void strike(Attacker attacker) throws InterruptedException {
    attacker.repeat(
        CONNECTIONS,
        () -> {
          Thread.sleep(PAUSE);
          violate(attacker);
        });
  }

  private void violate(Attacker attacker) throws IOException {
    Socket asking = attacker.connect();
    attacker.entitled(1);
    Http1.Answer created = Http1.ask(asking, Creates.post("localhost", "", SLOW_IMAGE));
    attacker.release(asking);
    String image = created.field("Location");
    try {
      violate(attacker, image);
    } finally {
      delete(attacker, image);
    }
  }

  private void violate(Attacker attacker, String image) throws IOException {
    Socket socket = attacker.connect();
    Http1.Answer opened = Http1.ask(socket, handshake(image));
    if (opened.status() != SWITCHING_PROTOCOLS) {
      throw new IOException("no WebSocket: " + opened.head());
    }
    attacker.discard(socket);
    socket.getOutputStream().write(first);
    byte[] many = new byte[then.length * FRAMES_AT_ONCE];
    for (int i = 0; i < FRAMES_AT_ONCE; i++) {
      System.arraycopy(then, 0, many, i * then.length, then.length);
    }
    while (!attacker.isOver()) {
      socket.getOutputStream().write(many);
    }
  }

  /** Else functions that are slow would take all that may run at once, which is no violation. */
  private static void delete(Attacker attacker, String image) throws IOException {
    Socket asking = attacker.connect();
    var _ = Http1.ask(asking, "DELETE " + image + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    attacker.release(asking);
  }

  private static String handshake(String location) {
    return """
    GET %s/socket HTTP/1.1\r
    Host: localhost\r
    Upgrade: websocket\r
    Connection: Upgrade\r
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
    Sec-WebSocket-Version: 13\r
    \r
    """
        .formatted(location);
  }
}
