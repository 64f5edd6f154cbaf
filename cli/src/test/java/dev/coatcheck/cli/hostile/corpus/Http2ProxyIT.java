package dev.coatcheck.cli.hostile.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.coatcheck.cli.ImageClient;
import dev.coatcheck.cli.hostile.Target;
import dev.coatcheck.cli.hostile.attack.Door;
import dev.coatcheck.cli.proxy.ProxyProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
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
  private final List<AutoCloseable> opened = new ArrayList<>(List.of(images));

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> gatewayLives() {
    return ProxyProcess.isHere("haproxy")
        ? Stream.of(
            DynamicTest.dynamicTest(
                "sockets are refused, and images pass", this::socketIsRefusedAndImagesPass))
        : Stream.empty();
  }

  private void socketIsRefusedAndImagesPass() throws Exception {
    Target target = Target.start();
    opened.add(target);
    Tap tap = Tap.before(target.address(Door.GATEWAY_HTTP));
    opened.addFirst(tap);
    FrontProxy proxy = FrontProxy.haproxyToHttp2(directory, tap.port());
    opened.addFirst(proxy);
    String address = "127.0.0.1:" + proxy.address().getPort();
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
