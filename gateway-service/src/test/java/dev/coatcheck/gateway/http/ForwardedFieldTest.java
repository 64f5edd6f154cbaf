package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardedFieldTest {

  /** The examples of RFC 7239, 4. */
  @Test
  void elementsAreInTheOrderOfTheProxies() throws Exception {
    assertThat(
            ForwardedField.parse(
                "for=192.0.2.43, For=\"[2001:db8:cafe::17]:4711\";Host=\"maps.test:8443\"; proto=HTTPS"))
        .containsExactly(
            new ForwardedElement(
                Optional.of(InetAddress.ofLiteral("192.0.2.43")),
                Optional.empty(),
                Optional.empty()),
            new ForwardedElement(
                Optional.of(InetAddress.ofLiteral("2001:db8:cafe::17")),
                Optional.of("https"),
                Optional.of(new Authority("maps.test", 8443))));
    assertThat(ForwardedField.parse("for=unknown;by=_proxy;x=\"a,b;c\\\"\"")).hasSize(1);
    assertThat(ForwardedField.parse(" , ;,")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "for",
        "for=",
        "for=a b",
        "for=\"a",
        "=a",
        "for=a;for=b",
        "proto=ftp",
        "host=\"a b\"",
        "host=a:70000"
      })
  void malformedFieldIsRefused(String value) {
    assertThatThrownBy(() -> ForwardedField.parse(value)).isInstanceOf(ProblemException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "192.0.2.1:80, 192.0.2.1",
    "192.0.2.1:_port, 192.0.2.1",
    "2001:db8::1, 2001:db8::1",
    "[2001:db8::1], 2001:db8::1",
    "[2001:db8::1]:80, 2001:db8::1",
    "::ffff:192.0.2.1, 192.0.2.1",
    "unknown, ",
    "_hidden, ",
    "192.0.2.1.5, ",
    "192.0.2.256, ",
    "1, ",
    "::x, ",
    "[], "
  })
  void nodeHasAnAddressOrNone(String node, String address) {
    assertThat(ForwardedField.address(node))
        .isEqualTo(Optional.ofNullable(address).map(InetAddress::ofLiteral));
  }
}
