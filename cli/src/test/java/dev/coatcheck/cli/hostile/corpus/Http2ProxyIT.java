package dev.coatcheck.cli.hostile.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.coatcheck.cli.ImageClient;
import dev.coatcheck.cli.hostile.Target;
import dev.coatcheck.cli.hostile.attack.Door;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gateway behind a HAProxy that speaks HTTP/2 to it: images pass, and WebSockets, for which
 * HAProxy sends an extended CONNECT (RFC 8441) though none is announced, are refused.
 */
final class Http2ProxyIT {

  private static final String IMAGE =
      "{\"maxBytes\": 300000, \"spec\": {\"sizeBytes\": 300000, \"seed\": 7}}";

  @TempDir private Path directory;

  private final ImageClient images = new ImageClient();
  private Target target;
  private Tap tap;
  private FrontProxy proxy;
  private String address;

  @BeforeEach
  void start() throws Exception {
    target = Target.start();
    tap = Tap.before(target.address(Door.GATEWAY_HTTP));
    proxy = FrontProxy.haproxyToHttp2(directory, tap.port());
    address = "127.0.0.1:" + proxy.address().getPort();
  }

  @AfterEach
  void end() throws Exception {
    images.close();
    proxy.close();
    tap.close();
    target.close();
  }

  @Test
  void socketIsRefusedAndImagesPass() throws Exception {
    String location = images.create("http://" + address, IMAGE);
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI socket = URI.create("ws://" + address + location + "/socket");
      for (int i = 0; i < 3; i++) {
        CompletionException refused =
            catchThrowableOfType(
                CompletionException.class,
                () ->
                    client
                        .newWebSocketBuilder()
                        .buildAsync(socket, new WebSocket.Listener() {})
                        .join());
        assertThat(refused.getCause()).isInstanceOf(WebSocketHandshakeException.class);
      }
    }
    assertThat(images.content("http://" + address, location).body()).hasSize(300_000);
    assertThat(target.dead()).isEmpty();
  }
}
