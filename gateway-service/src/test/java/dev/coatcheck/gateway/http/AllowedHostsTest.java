package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AllowedHostsTest {

  /** The dot of the root may stand on either side. */
  @Test
  void nameIsTheSameWithTheDotOfTheRoot() {
    AllowedHosts hosts = AllowedHosts.parse("a.example., B.example");

    assertThat(hosts.permits("a.example")).isTrue();
    assertThat(hosts.permits("A.example.")).isTrue();
    assertThat(hosts.permits("b.example.")).isTrue();
    assertThat(hosts.permits("c.example")).isFalse();
    assertThatThrownBy(() -> AllowedHosts.parse("a.."))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
