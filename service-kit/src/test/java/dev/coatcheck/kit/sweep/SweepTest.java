package dev.coatcheck.kit.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SweepTest {

  @Test
  void oneThatFailsKeepsNoOtherFromItsStep() {
    List<Integer> done = new ArrayList<>();

    Sweep.each(
        List.of(3, 0, 5),
        divisor -> {
          int quotient = 15 / divisor;
          done.add(quotient);
        });

    assertThat(done).containsExactly(5, 3);
  }
}
