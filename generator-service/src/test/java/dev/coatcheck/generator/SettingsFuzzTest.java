package dev.coatcheck.generator;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.coatcheck.contract.FunctionNames;
import dev.coatcheck.generator.handoff.PeerNames;
import dev.coatcheck.testing.EnvironmentLines;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** Settings are taken, or told with their names. */
class SettingsFuzzTest {

  /** A setting a line, {@code NAME=value}. */
  @FuzzTest
  void environmentIsTakenOrToldByName(byte[] input) {
    Map<String, String> environment = EnvironmentLines.parse(text(input));
    try {
      GeneratorConfig config = GeneratorConfig.from(environment);
      assertThat(config.maxBytes()).isBetween(1L, config.memory());
      assertThat(config.stallTimeout()).isPositive();
      assertThat(config.functions()).isNotEmpty();
      assertThat(config.functions().keySet()).allMatch(FunctionNames::isValid);
      assertThat(config.listen().port()).isBetween(0, 65_535);
    } catch (IllegalArgumentException e) {
      assertThat(String.valueOf(e.getMessage()).lines().findFirst().orElse(""))
          .matches("(?s)(COATCHECK|AWS)_[A-Z0-9_]+: .*");
    }
  }

  @FuzzTest
  void addressIsWrittenAsItWasRead(byte[] input) {
    String text = text(input);
    HostPort.parse(text)
        .ifPresent(address -> {
          assertThat(address.port()).isBetween(0, 65_535);
          assertThat(HostPort.parse(address.toString())).contains(address);
          assertThat(text).matches("(?s).*:[0-9]+");
        });
    PeerNames.parse(text)
        .ifPresent(peers ->
            assertThat(
                    PeerNames.parse(
                        (peers.dns() ? "dns:///" : "") + String.join(",", peers.hosts())))
                .contains(peers));
    Settings.duration(text)
        .ifPresent(
            time -> assertThat(time).isBetween(Duration.ZERO, Duration.ofHours(999_999_999)));
    Settings.bytes(text)
        .ifPresent(bytes -> {
          String digits = text.replaceAll("[^0-9].*", "");
          String unit = text.substring(digits.length());
          int shift =
              "B".equals(unit) || unit.isEmpty() ? 0 : 10 * (1 + "KMG".indexOf(unit.charAt(0)));
          assertThat(BigInteger.valueOf(bytes)).isEqualTo(new BigInteger(digits).shiftLeft(shift));
        });
  }

  private static String text(byte[] input) {
    return new String(input, StandardCharsets.UTF_8);
  }
}
