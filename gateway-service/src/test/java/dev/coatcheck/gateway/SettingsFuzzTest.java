package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.coatcheck.gateway.routing.Discovery;
import dev.coatcheck.testing.EnvironmentLines;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Settings are taken, or told with their names. */
class SettingsFuzzTest {

  /** A setting a line, {@code NAME=value}. */
  @FuzzTest
  void environmentIsTakenOrToldByName(byte[] input) {
    Map<String, String> environment = EnvironmentLines.parse(text(input));
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
    Optional<HostPort> address = taken(() -> HostPort.parse(text));
    Optional<Discovery> generators = taken(() -> Discovery.parse(text));
    Optional<Set<String>> origins = taken(() -> BrowserOrigins.parse(text));

    if (text.matches("[a-z.]+:[1-9][0-9]{0,3}")) {
      assertThat(address).isPresent();
      assertThat(generators).isPresent();
    }
    address.ifPresent(read -> {
      assertThat(read.port()).isBetween(0, 65_535);
      assertThat(HostPort.parse(read.toString())).isEqualTo(read);
    });
    generators.ifPresent(read -> assertThat(Discovery.parse(written(read))).isEqualTo(read));
    origins.ifPresent(
        read -> assertThat(BrowserOrigins.parse(String.join(",", read))).isEqualTo(read));
  }

  private static String written(Discovery generators) {
    return switch (generators) {
      case Discovery.Fixed(var addresses) -> String.join(",", addresses);
      case Discovery.Dns(var target) -> target;
    };
  }

  /** Empty for what is refused as settings are. */
  private static <T> Optional<T> taken(Supplier<T> parse) {
    try {
      return Optional.of(parse.get());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String text(byte[] input) {
    return new String(input, StandardCharsets.UTF_8);
  }
}
