package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CorsPolicyTest {

  @ParameterizedTest
  @CsvSource({
    "https://maps.test, maps.test, true",
    "http://maps.test, maps.test, true",
    "https://maps.test, maps.test:443, true",
    "http://maps.test, maps.test:80, true",
    "https://maps.test:443, MAPS.test, true",
    "https://maps.test:8443, maps.test:8443, true",
    "http://[::1]:8080, [::1]:8080, true",
    "http://[::1], [::1]:80, true",
    "https://maps.test, maps.test:80, false",
    "https://maps.test, maps.test:8443, false",
    "https://maps.test:8443, maps.test, false",
    "https://evil.test, maps.test, false",
    "https://maps.test.evil.test, maps.test, false",
    "https://a@maps.test, maps.test, false",
    "ftp://maps.test, maps.test, false",
    "null, maps.test, false"
  })
  void portOfTheSchemeMayBeSaidOrNot(String origin, String host, boolean same) {
    assertThat(CorsPolicy.isSame(origin, host)).isEqualTo(same);
  }
}
