package dev.coatcheck.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressesTest {

  @ParameterizedTest
  @CsvSource({
    "2001:db8:0:0:0:0:0:7, '127.0.0.1 ::1 fe80::1 2001:db8::7'", // a host without IPv4
    "10.0.0.7, '::1 127.0.0.1 2001:db8::7 fe80::1 10.0.0.7'",
    "10.0.0.7, '169.254.3.4 10.0.0.7'",
    "fd00:0:0:0:0:0:0:7, '169.254.3.4 fe80::1 fd00::7'",
    "127.0.0.1, '::1 127.0.0.1'",
    "0:0:0:0:0:0:0:1, '::1 fe80::1'",
  })
  void hostsOwnAddressIsOneThatOthersReach(String expected, String addresses) {
    Stream<InetAddress> own = Arrays.stream(addresses.split(" ")).map(InetAddress::ofLiteral);

    assertThat(Addresses.preferred(own)).contains(expected);
  }

  @Test
  void hostWithoutAnAddressHasNone() {
    assertThat(Addresses.preferred(Stream.of(InetAddress.ofLiteral("fe80::1")))).isEmpty();
  }
}
