package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.kit.limits.Refusal;
import dev.coatcheck.kit.limits.RefusalCounters;
import dev.coatcheck.testing.RawHttp2;
import dev.coatcheck.v1.ImageServiceGrpc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What one HTTP/2 connection may do on either port, and that it harms nobody else. */
final class Http2LimitsTest extends GatewayTest {

  private static final int MAX_CONCURRENT_STREAMS = 3;
  private static final int ENABLE_CONNECT_PROTOCOL = 8;
  private static final int STREAMS = 100;
  private static final String WATCH = ImageServiceGrpc.getWatchImageMethod().getFullMethodName();

  /** A port that speaks HTTP/2. */
  enum Port {
    HTTP,
    GRPC
  }

  private int number(Port port) {
    return port == Port.HTTP ? gateway.httpPort() : gateway.grpcPort();
  }

  private RefusalCounters refusals(Port port) {
    return port == Port.HTTP ? gateway.httpRefusals() : gateway.grpcRefusals();
  }

  private void serves() throws Exception {
    assertThat(get(uri("/healthz")).statusCode()).isEqualTo(200);
  }

  /** HAProxy with {@code proto h2} makes one of each WebSocket, if it is announced. */
  @Test
  void extendedConnectIsNotAnnouncedAndIsReset() throws Exception {
    try (var client = new RawHttp2(gateway.httpPort())) {
      assertThat(client.settings()).doesNotContainEntry(ENABLE_CONNECT_PROTOCOL, 1);

      client
          .headers(
              1,
              0,
              ":method",
              "CONNECT",
              ":protocol",
              "websocket",
              ":scheme",
              "http",
              ":authority",
              "localhost",
              ":path",
              "/v1/images/a/socket")
          .data(1, RawHttp2.END_STREAM, new byte[0]);

      assertThat(client.await(RawHttp2.RST_STREAM).orElseThrow().errorCode())
          .isEqualTo(RawHttp2.PROTOCOL_ERROR);
    }
    serves();
  }

  /** Also of a client that does not acknowledge the settings. */
  @ParameterizedTest
  @EnumSource
  void streamsOfAConnectionAreLimited(Port port) throws Exception {
    try (var client = new RawHttp2(number(port))) {
      assertThat(client.settings()).containsEntry(MAX_CONCURRENT_STREAMS, STREAMS);
      var image = generator.hold(ScriptedImage.ofSize(1000));

      for (int i = 0; i <= STREAMS; i++) {
        int stream = 2 * i + 1;
        switch (port) {
          case HTTP -> client.get(stream, "/v1/" + image.name + "/events");
          case GRPC -> client.call(stream, WATCH);
        }
      }

      var refused = client.await(RawHttp2.RST_STREAM).orElseThrow();
      assertThat(refused.errorCode()).isEqualTo(RawHttp2.REFUSED_STREAM);
      assertThat(refused.streamId()).isEqualTo(2 * STREAMS + 1);
    }
    serves();
  }

  @ParameterizedTest
  @EnumSource
  void windowUpdatesThatNoDataAskedForEndTheConnection(Port port) throws Exception {
    byte[] update = RawHttp2.frame(RawHttp2.WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0, 1});
    endsByCalm(port, repeated(update, 4096));
  }

  /** gRPC has a limit for pings of its own. */
  @Test
  void pingsEndTheConnection() throws Exception {
    byte[] ping = RawHttp2.frame(RawHttp2.PING, 0, 0, new byte[8]);
    endsByCalm(Port.HTTP, repeated(ping, 4096));
  }

  @ParameterizedTest
  @EnumSource
  void settingsEndTheConnection(Port port) throws Exception {
    byte[] settings = RawHttp2.frame(RawHttp2.SETTINGS, 0, 0, new byte[0]);
    endsByCalm(port, repeated(settings, 4096));
  }

  private void endsByCalm(Port port, byte[] frames) throws Exception {
    try (var client = new RawHttp2(number(port))) {
      client.settings();
      sendAll(client, frames);

      var goAway = client.await(RawHttp2.GOAWAY);
      goAway.ifPresent(
          frame -> assertThat(frame.errorCode()).isEqualTo(RawHttp2.ENHANCE_YOUR_CALM));
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(refusals(port).total(Refusal.FRAME_RATE)).isPositive());
    }
    serves();
  }

  /** Streams that are reset as soon as they are opened (CVE-2023-44487). */
  @ParameterizedTest
  @EnumSource
  void resetsEndTheConnection(Port port) throws Exception {
    var image = generator.hold(ScriptedImage.ofSize(1000));
    byte[] cancel = ByteBuffer.allocate(4).putInt(8).array();
    try (var client = new RawHttp2(number(port))) {
      client.settings();
      try {
        for (int stream = 1; stream < 5000; stream += 2) {
          switch (port) {
            case HTTP -> client.get(stream, "/v1/" + image.name + "/events");
            case GRPC -> client.call(stream, WATCH);
          }
          client.send(RawHttp2.RST_STREAM, 0, stream, cancel);
        }
      } catch (IOException ended) {
        // as it must
      }
      client
          .await(RawHttp2.GOAWAY)
          .ifPresent(frame -> assertThat(frame.errorCode()).isEqualTo(RawHttp2.ENHANCE_YOUR_CALM));
      assertThat(client.await(RawHttp2.DATA)).isEmpty();
    }
    serves();
  }

  @Test
  void tooManyFieldsAreAnsweredAndOtherStreamsGoOn() throws Exception {
    try (var client = new RawHttp2(gateway.httpPort())) {
      client.settings();
      List<String> fields =
          new ArrayList<>(
              List.of(
                  ":method",
                  "GET",
                  ":scheme",
                  "http",
                  ":authority",
                  "localhost",
                  ":path",
                  "/healthz"));
      for (int i = 0; i < 300; i++) {
        fields.add("x-" + i);
        fields.add("y");
      }
      client.headers(1, RawHttp2.END_STREAM, fields.toArray(String[]::new));

      assertThat(client.await(RawHttp2.HEADERS).orElseThrow().streamId()).isEqualTo(1);

      client.get(3, "/healthz");
      assertThat(client.await(RawHttp2.HEADERS).orElseThrow().streamId()).isEqualTo(3);
    }
  }

  private static void sendAll(RawHttp2 client, byte[] frames) {
    try {
      client.sendBytes(frames);
    } catch (IOException ended) {
      // as it must
    }
  }

  private static byte[] repeated(byte[] frame, int times) {
    ByteBuffer all = ByteBuffer.allocate(frame.length * times);
    for (int i = 0; i < times; i++) {
      all.put(frame);
    }
    return all.array();
  }
}
