package dev.coatcheck.kit.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressRangeTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8,      10.255.1.2,  true",
    "10.0.0.0/8,      11.0.0.0,    false",
    "192.168.4.0/22,  192.168.7.9, true",
    "192.168.4.0/22,  192.168.8.0, false",
    "127.0.0.1,       127.0.0.1,   true",
    "127.0.0.1,       127.0.0.2,   false",
    "0.0.0.0/0,       203.0.113.1, true",
    "0.0.0.0/0,       ::1,         false",
    "2001:db8::/33,   2001:db8:7fff::1, true",
    "2001:db8::/33,   2001:db8:8000::1, false",
    "::1,             ::1,         true"
  })
  void containsTheAddressesOfItsPrefix(String range, String address, boolean contained) {
    assertThat(AddressRange.parse(range).contains(InetAddress.ofLiteral(address)))
        .isEqualTo(contained);
  }

  @Test
  void severalStandWithCommasBetweenThem() {
    assertThat(AddressRange.parseAll("10.0.0.0/8, ::1"))
        .containsExactly(AddressRange.parse("10.0.0.0/8"), AddressRange.parse("::1/128"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "proxy", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "1.2/8x"})
  void anotherFormIsRefused(String text) {
    assertThatThrownBy(() -> AddressRange.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
