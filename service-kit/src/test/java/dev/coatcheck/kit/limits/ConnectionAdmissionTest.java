package dev.coatcheck.kit.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.kit.limits.ConnectionAdmission.Permit;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ConnectionAdmissionTest {

  private final RefusalCounters refusals = new RefusalCounters();
  private final ConnectionAdmission admission =
      new ConnectionAdmission(
          new ConnectionLimits(5, 2, List.of(AddressRange.parse("10.0.0.0/8"))), refusals);

  private Optional<Permit> admit(String address) {
    return admission.tryAdmit(InetAddress.ofLiteral(address));
  }

  @Test
  void refusesMoreOfOneAddressAndAdmitsAnother() {
    Permit first = admit("192.0.2.1").orElseThrow();
    assertThat(admit("192.0.2.1")).isPresent();

    assertThat(admit("192.0.2.1")).isEmpty();
    assertThat(admit("192.0.2.2")).isPresent();
    assertThat(refusals.total(Refusal.ADDRESS_LIMIT)).isEqualTo(1);

    first.close();
    first.close();
    assertThat(admit("192.0.2.1")).isPresent();
    assertThat(admit("192.0.2.1")).isEmpty();
  }

  /** Whoever has an IPv6 network has 2^64 addresses. */
  @Test
  void countsOneNetworkOfIpv6Together() {
    assertThat(admit("2001:db8::1")).isPresent();
    assertThat(admit("2001:db8::2")).isPresent();

    assertThat(admit("2001:db8::3")).isEmpty();
    assertThat(admit("2001:db8:0:1::1")).isPresent();
  }

  @Test
  void admitsAsManyOfATrustedProxyAsThereMayBe() {
    for (int i = 0; i < 5; i++) {
      assertThat(admit("10.1.1.1")).isPresent();
    }

    assertThat(admit("10.1.1.1")).isEmpty();
    assertThat(admit("192.0.2.1")).isEmpty();
    assertThat(refusals.total(Refusal.CONNECTION_LIMIT)).isEqualTo(2);
  }

  @Test
  void neverAdmitsMoreThanItsLimitWhenManyComeAtOnce() throws Exception {
    try (var threads = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> rounds = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        String address = "192.0.2." + t;
        rounds.add(
            threads.submit(() -> {
              int most = 0;
              for (int i = 0; i < 10_000; i++) {
                try (var permit = admit(address).orElse(null)) {
                  most = permit == null ? most : Math.max(most, (int) admission.open());
                }
              }
              return most;
            }));
      }
      for (Future<Integer> round : rounds) {
        assertThat(round.get()).isBetween(1, 5);
      }
    }
    assertThat(admission.open()).isZero();
  }
}
