package dev.coatcheck.kit.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BufferBudgetTest {

  private final RefusalCounters refusals = new RefusalCounters();
  private final BufferBudget budget =
      new BufferBudget(1000, List.of(AddressRange.parse("10.0.0.1")), refusals);

  private BufferBudget.Lease lease(String address) {
    return budget.lease(InetAddress.ofLiteral(address));
  }

  @Test
  void oneAddressHasAQuarterAtMost() {
    var lease = lease("192.0.2.1");

    assertThat(lease.tryGrow(250)).isTrue();
    assertThat(lease.tryGrow(1)).isFalse();
    assertThat(lease("192.0.2.1").tryGrow(1)).isFalse();
    assertThat(lease("192.0.2.2").tryGrow(250)).isTrue();
    assertThat(refusals.total(Refusal.BUFFER_LIMIT)).isEqualTo(2);
    assertThat(budget.reservedBytes()).isEqualTo(500);
  }

  @Test
  void trustedProxyMayHaveAllOfIt() {
    assertThat(lease("10.0.0.1").tryGrow(1000)).isTrue();
    assertThat(lease("192.0.2.1").tryGrow(1)).isFalse();
  }

  @Test
  void leaseThatEndsGivesAllOfItBackOnce() {
    var lease = lease("192.0.2.1");
    assertThat(lease.tryGrow(100)).isTrue();
    lease.release();
    assertThat(lease.tryGrow(200)).isTrue();

    lease.close();
    lease.close();

    assertThat(budget.reservedBytes()).isZero();
    assertThat(lease.tryGrow(1)).isFalse();
    assertThat(lease("192.0.2.1").tryGrow(250)).isTrue();
  }
}
