package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.gateway.http.HttpLimits;
import dev.coatcheck.kit.limits.PortSettings;
import dev.coatcheck.kit.limits.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A port that serves as many requests as it may. */
final class RequestLimitTest extends GatewayTest {

  @Override
  HttpLimits httpLimits() {
    HttpLimits usual =
        HttpLimits.of(
            PortSettings.PUBLIC_DEFAULTS, 3, Duration.ofSeconds(10), Duration.ofSeconds(75), 1024);
    return new HttpLimits(
        usual.connections(),
        usual.trustedProxies(),
        usual.maxStreamsPerConnection(),
        1,
        usual.headerTimeout(),
        usual.idleTimeout(),
        usual.bodyTimeout(),
        usual.minUploadRate(),
        usual.maxBufferedBytes(),
        usual.maxFramesPerSecond());
  }

  @Test
  void eventSourceThatComesBackComesAgain() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    String path = "/v1/" + image.name + "/events";
    try (RawConnection client = new RawConnection(gateway.httpPort())) {
      client.get(path).head();

      var back = get(uri(path), "Last-Event-ID", "1");
      assertThat(back.statusCode()).isEqualTo(200);
      assertThat(new String(back.body(), StandardCharsets.UTF_8)).startsWith("retry: ");
      assertThat(get(uri(path)).statusCode()).isEqualTo(503);
      assertThat(gateway.httpRefusals().total(Refusal.CALL_LIMIT)).isEqualTo(2);
    }
  }
}
