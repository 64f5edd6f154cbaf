package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.coatcheck.gateway.routing.Discovery;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Settings are taken, or told with their names. */
class SettingsFuzzTest {

  /** A setting a line, {@code NAME=value}. */
  @FuzzTest
  void environmentIsTakenOrToldByName(byte[] input) {
    Map<String, String> environment = new HashMap<>();
    for (String line : text(input).split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0 && line.indexOf('\0') < 0) {
        environment.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    environment.remove(GatewayConfig.HTTP); // it would be looked up
    try {
      GatewayConfig config = GatewayConfig.fromEnvironment(environment);
      assertThat(config.stallTimeout()).isPositive();
      assertThat(config.httpLimits().headerTimeout()).isPositive();
      assertThat(config.httpLimits().minUploadRate()).isPositive();
      assertThat(config.functionUrl().filter(url -> url.getHost() == null)).isEmpty();
      assertThat(config.corsOrigins()).allMatch(origin -> origin.matches("https?://[^/?#]+"));
    } catch (GatewayConfig.Invalid e) {
      assertThat(e.errors()).isNotEmpty();
      assertThat(e.errors()).allMatch(error -> error.matches("(?s)COATCHECK_[A-Z0-9_]+: .*"));
    }
  }

  @FuzzTest
  void addressIsWrittenAsItWasRead(byte[] input) {
    String text = text(input);
    try {
      HostPort address = HostPort.parse(text);
      assertThat(address.port()).isBetween(0, 65_535);
      assertThat(HostPort.parse(address.toString())).isEqualTo(address);
    } catch (IllegalArgumentException e) {
      assertThat(text).doesNotMatch("[a-z.]+:[1-9][0-9]{0,3}");
    }
    try {
      switch (Discovery.parse(text)) {
        case Discovery.Fixed(var addresses) ->
            assertThat(Discovery.parse(String.join(",", addresses)))
                .isEqualTo(new Discovery.Fixed(addresses));
        case Discovery.Dns(var target) -> assertThat(target).startsWith("dns:///");
      }
    } catch (IllegalArgumentException e) {
      assertThat(text).doesNotMatch("[a-z.]+:[1-9][0-9]{0,3}");
    }
    try {
      assertThat(BrowserOrigins.parse(text))
          .allMatch(origin -> BrowserOrigins.parse(origin).contains(origin));
    } catch (IllegalArgumentException e) {
      assertThat(text).doesNotMatch("https?://[a-z]+");
    }
  }

  private static String text(byte[] input) {
    return new String(input, StandardCharsets.UTF_8);
  }
}
