package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Frames;
import dev.coatcheck.cli.hostile.wire.Http2Connection;
import java.io.IOException;
import java.util.Set;

/** Clients that ask for images, have windows for all of their bytes, and read none of them. */
final class UnreadConnections implements Attack {

  private static final int CONNECTIONS = 8;
  private static final int IMAGES = 2;
  private static final int RECEIVE_BUFFER_BYTES = 2048;
  private static final int WINDOW_BYTES = 1 << 30;

  @Override
  public String name() {
    return "unread connections";
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.GATEWAY_HTTP, Door.GATEWAY_GRPC, Door.GENERATOR_GRPC);
  }

  @Override
  public void strike(Attacker attacker) throws IOException {
    for (int i = 0; i < CONNECTIONS; i++) {
      Http2Connection connection =
          Http2Connection.openUnread(
              attacker.connect(RECEIVE_BUFFER_BYTES),
              Http2Connection.INITIAL_WINDOW_SIZE,
              WINDOW_BYTES);
      Frames frames = new Frames().windowUpdate(0, WINDOW_BYTES);
      for (int n = 0; n < IMAGES; n++) {
        ZeroWindowReaders.askForImage(attacker, frames, connection.nextStream());
      }
      connection.send(frames);
    }
  }
}
