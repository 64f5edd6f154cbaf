package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.Struct;
import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.testing.JsonStructs;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the command reads itself: some options, and what gateways and its own processes tell it. */
class ArgumentsFuzzTest {

  private static final int MAX_PORT = 65_535;

  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?:(http|grpcs?)://)?([A-Za-z0-9.-]+|\\[[0-9a-fA-F:.]+(?:%[A-Za-z0-9_.~%-]+)?])"
              + "(?::([0-9]*))?/?");

  private static final JsonMapper REFERENCE =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private static final JsonMapper DOUBLES = new JsonMapper();

  /** {@code --spec}. */
  @FuzzTest
  void specIsTheSameAsJson(byte[] input) throws IOException {
    String text = text(input);
    Struct spec;
    try {
      spec = SpecJson.parse(text);
    } catch (IllegalArgumentException e) {
      requireMessage(e);
      assertThat(text).doesNotMatch("\\{(\"[a-z]{1,9}\":(-?[1-9][0-9]{0,14}|null|\"[a-z]*\"))?}");
      return;
    }
    assertThat(Struct.parseFrom(spec.toByteArray())).isEqualTo(spec);
    JsonStructs.requireSame(reference(text), spec);
  }

  private static JsonNode reference(String text) throws IOException {
    try {
      return REFERENCE.readTree(text);
    } catch (NumberFormatException e) { // a double has room for an exponent that BigDecimal has not
      return DOUBLES.readTree(text);
    }
  }

  /** {@code --gateway}, before anything is asked. */
  @FuzzTest
  void gatewayIsWhereItsAddressSays(byte[] input) {
    String text = text(input);
    URI gateway;
    try {
      gateway = GatewayAddress.parse(text);
    } catch (IllegalArgumentException e) {
      requireMessage(e);
      assertThat(text)
          .doesNotMatch("((http|grpcs?)://)?[a-z]{1,9}(\\.[a-z]{1,9})*:[1-9][0-9]{0,3}/?");
      return;
    }
    Matcher address = ADDRESS.matcher(text);
    assertThat(address.matches()).isTrue();
    String scheme = address.group(1) == null ? "http" : address.group(1);
    assertThat(gateway.getScheme()).isEqualTo(scheme);
    assertThat(gateway.getHost()).isEqualTo(address.group(2));
    String port = address.group(3);
    if (port == null || port.isEmpty()) {
      assertThat(gateway.getPort()).isEqualTo(-1);
      assertThat(gateway.getScheme()).isEqualTo("http");
    } else {
      assertThat(gateway.getPort()).isEqualTo(Integer.parseInt(port)).isBetween(1, MAX_PORT);
    }
    assertThat(GatewayAddress.parse(gateway.toString())).isEqualTo(gateway);
  }

  /** What a gateway answers to {@code /readyz}. */
  @FuzzTest
  void portIsTheOneThatTheGatewayTells(byte[] input) throws IOException {
    String answer = text(input);
    OptionalInt port = GatewayAddress.grpcPort(answer);

    if (port.isPresent()) {
      assertThat(port.getAsInt()).isBetween(1, MAX_PORT);
      JsonNode told = new JsonMapper().readTree(answer).path("grpcPort");
      assertThat(told.isIntegralNumber()).isTrue();
      assertThat(told.asText()).isEqualTo(Integer.toString(port.getAsInt()));
    } else {
      assertThat(answer).doesNotMatch("\\{\"grpcPort\":[1-9][0-9]{0,3}}");
    }
  }

  /** The line of a process of {@code up}. */
  @FuzzTest
  void announcementIsWrittenAsItWasRead(byte[] input) {
    String line = text(input);
    Announcement.parse("gateway", line)
        .ifPresent(read -> {
          assertThat(read.role()).isEqualTo("gateway");
          assertThat(read.fields()).containsKey("pid");
          assertThat(Announcement.parse("gateway", read.as("gateway"))).contains(read);
          read.fields()
              .forEach((name, value) -> assertThat(line).contains(" " + name + "=" + value));
        });
    if (line.matches("gateway pid=[0-9]+( [a-z]+=[^ =\\s]*)*")) {
      assertThat(Announcement.parse("gateway", line)).isPresent();
    }
  }

  private static void requireMessage(IllegalArgumentException refusal) {
    String message = String.valueOf(refusal.getMessage());
    assertThat(UntrustedText.hasAtMost(message, UntrustedText.MAX_MESSAGE)).isTrue();
    assertThat(UntrustedText.isPrintable(message)).isTrue();
  }

  private static String text(byte[] input) {
    return new String(input, StandardCharsets.UTF_8);
  }
}
