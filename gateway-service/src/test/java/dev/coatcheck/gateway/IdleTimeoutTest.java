package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.gateway.http.HttpLimits;
import dev.coatcheck.kit.limits.PortSettings;
import dev.coatcheck.testing.RawHttp2;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Connections without a request are closed by one time alone, however short the others are: a proxy
 * that knows it can let go of them earlier, and never sends a request into one that is closing.
 */
final class IdleTimeoutTest extends GatewayTest {

  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(3);

  @Override
  Duration stallTimeout() {
    return Duration.ofMillis(500);
  }

  @Override
  HttpLimits httpLimits() {
    PortSettings usual = PortSettings.PUBLIC_DEFAULTS;
    return HttpLimits.of(
        new PortSettings(
            usual.connections(),
            usual.connectionsPerAddress(),
            usual.trustedProxies(),
            usual.streams(),
            usual.calls(),
            Duration.ofMillis(500),
            usual.http2Events()),
        3,
        Duration.ofMillis(500),
        IDLE_TIMEOUT,
        1024);
  }

  /** The time from {@code begin} until the gateway ends {@code connection}. */
  private static Duration endOf(RawConnection connection, long begin) throws IOException {
    assertThat(connection.readToEnd()).isEmpty();
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void connectionBetweenRequestsIsKeptForTheIdleTimeout(boolean ofAnImage) throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(100_000));
    try (var connection = new RawConnection(gateway.httpPort())) {
      long begin = System.nanoTime();
      connection.get(ofAnImage ? "/v1/" + image.name + "/content" : "/healthz");
      Answer.read(connection);

      assertThat(endOf(connection, begin)).isGreaterThanOrEqualTo(IDLE_TIMEOUT);
    }
  }

  @Test
  void connectionBetweenRequestsIsKeptAfterABody() throws Exception {
    try (var connection = new RawConnection(gateway.httpPort())) {
      long begin = System.nanoTime();
      connection.send(
          "POST /v1/images HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
              + "Content-Length: 12\r\n\r\n{\"spec\": {}}");
      assertThat(Answer.read(connection).status()).isEqualTo(202);

      assertThat(endOf(connection, begin)).isGreaterThanOrEqualTo(IDLE_TIMEOUT);
    }
  }

  @Test
  void connectionWithoutStreamsIsKeptForTheIdleTimeout() throws Exception {
    try (var client = new RawHttp2(gateway.httpPort())) {
      long begin = System.nanoTime();
      client.get(1, "/healthz");
      assertThat(client.await(RawHttp2.HEADERS)).isPresent();

      assertThat(client.await(RawHttp2.GOAWAY)).isPresent();

      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(IDLE_TIMEOUT);
    }
  }
}
