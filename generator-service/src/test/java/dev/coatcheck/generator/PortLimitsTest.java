package dev.coatcheck.generator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import dev.coatcheck.testing.Http2Download;
import dev.coatcheck.testing.RawHttp2;
import dev.coatcheck.v1.AdminServiceGrpc;
import dev.coatcheck.v1.GeneratorServiceGrpc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What one connection may begin on either of a generator's ports. */
@Timeout(60)
final class PortLimitsTest {

  private static final int MAX_CONCURRENT_STREAMS = 3;
  private static final int STREAMS = 50;
  private static final int CALLS = 80;
  private static final String WATCH =
      GeneratorServiceGrpc.getWatchGeneratorMethod().getFullMethodName();

  @TempDir Path directory;

  private GeneratorFixture generator;

  /** A port of a generator. */
  enum Port {
    GATEWAYS,
    OPERATORS
  }

  @BeforeEach
  void start() throws Exception {
    generator =
        GeneratorFixture.start(
            directory,
            new FakeImageSource(),
            Map.of(
                "COATCHECK_STREAMS", "" + STREAMS,
                "COATCHECK_CALLS", "" + CALLS,
                "COATCHECK_CONNECTIONS_PER_ADDRESS", "3",
                "COATCHECK_HTTP2_EVENTS", "100",
                "COATCHECK_BODY_TIMEOUT", "500ms",
                "COATCHECK_STALL_TIMEOUT", "500ms"));
  }

  @AfterEach
  void close() {
    generator.close();
  }

  private int number(Port port) {
    String address =
        port == Port.GATEWAYS ? generator.server.address() : generator.server.management();
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  private void serves() {
    assertThat(generator.create().getName()).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void streamsOfAConnectionAreLimited(Port port) throws Exception {
    try (var client = new RawHttp2(number(port), "127.0.0.2")) {
      assertThat(client.settings()).containsEntry(MAX_CONCURRENT_STREAMS, STREAMS);
      String method =
          port == Port.GATEWAYS
              ? WATCH
              : AdminServiceGrpc.getListImagesMethod().getFullMethodName();
      for (int i = 0; i <= STREAMS; i++) {
        client.call(2 * i + 1, method);
      }

      var refused = client.await(RawHttp2.RST_STREAM).orElseThrow();
      assertThat(refused.errorCode()).isEqualTo(RawHttp2.REFUSED_STREAM);
      assertThat(refused.streamId()).isEqualTo(2 * STREAMS + 1);
    }
    serves();
  }

  @Test
  void callsOfAllConnectionsAreLimited() throws Exception {
    try (var first = new RawHttp2(number(Port.GATEWAYS), "127.0.0.2");
        var second = new RawHttp2(number(Port.GATEWAYS), "127.0.0.2")) {
      for (int i = 0; i < STREAMS; i++) {
        first.call(2 * i + 1, WATCH).data(2 * i + 1, RawHttp2.END_STREAM, new byte[5]);
      }
      for (int i = 0; i < STREAMS; i++) {
        assertThat(first.await(RawHttp2.DATA)).isPresent();
      }
      for (int i = 0; i <= CALLS - STREAMS; i++) {
        second.call(2 * i + 1, WATCH).data(2 * i + 1, RawHttp2.END_STREAM, new byte[5]);
      }

      int refusedId = 0;
      for (int i = 0; i <= CALLS - STREAMS; i++) {
        var frame = second.await(RawHttp2.HEADERS).orElseThrow();
        if (frame.isEndOfStream()) {
          refusedId = frame.streamId();
        }
      }
      assertThat(refusedId).isEqualTo(2 * (CALLS - STREAMS) + 1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void connectionsOfAnAddressAreLimited(Port port) throws Exception {
    try (var first = new RawHttp2(number(port), "127.0.0.2");
        var second = new RawHttp2(number(port), "127.0.0.2");
        var third = new RawHttp2(number(port), "127.0.0.2");
        var other = new RawHttp2(number(port), "127.0.0.3")) {
      for (var client : new RawHttp2[] {first, second, third, other}) {
        assertThat(client.settings()).isNotEmpty();
      }
      assertThat(isServed(port)).isFalse();
    }
  }

  private boolean isServed(Port port) {
    try (var client = new RawHttp2(number(port), "127.0.0.2")) {
      return client.await(RawHttp2.SETTINGS).isPresent();
    } catch (IOException reset) {
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource
  void resetsAndWindowUpdatesEndTheConnection(Port port) throws Exception {
    byte[] cancel = ByteBuffer.allocate(4).putInt(8).array();
    try (var client = new RawHttp2(number(port), "127.0.0.2")) {
      try {
        for (int stream = 1; stream < 4000; stream += 2) {
          client.call(stream, WATCH).send(RawHttp2.RST_STREAM, 0, stream, cancel);
        }
      } catch (IOException ended) {
        // as it must
      }
      assertThat(client.await(-1)).isEmpty(); // no such frame, and then the end
    }
    try (var client = new RawHttp2(number(port), "127.0.0.2")) {
      byte[] update = RawHttp2.frame(RawHttp2.WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0, 1});
      try {
        for (int i = 0; i < 4000; i++) {
          client.sendBytes(update);
        }
      } catch (IOException ended) {
        // as it must
      }
      assertThat(client.await(-1)).isEmpty();
    }
    serves();
  }

  /** Its answer would hold one of the port's calls. */
  @ParameterizedTest
  @EnumSource
  void callWhoseAnswerIsNotTakenIsReset(Port port) throws Exception {
    String method =
        port == Port.GATEWAYS ? WATCH : AdminServiceGrpc.getListImagesMethod().getFullMethodName();
    try (var client = Http2Download.call(number(port), method, Empty.getDefaultInstance(), 0)) {
      assertThat(client.awaitReset()).isEqualTo(Http2Download.CANCEL);
    }
    serves();
  }

  @Test
  void callWhoseRequestDoesNotComeEnds() throws Exception {
    try (var client = new RawHttp2(number(Port.GATEWAYS), "127.0.0.2")) {
      client.call(1, WATCH);

      assertThat(client.await(RawHttp2.HEADERS).orElseThrow().isEndOfStream()).isTrue();
    }
  }
}
