package dev.coatcheck.generator;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MachineMemoryTest {

  @Test
  void refusesMoreThanThereIs() {
    assertThatThrownBy(() -> MachineMemory.require(900L << 30, 24L << 30))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("COATCHECK_MEMORY: '966367641600' (expected: less than the ");
    assertThatCode(() -> MachineMemory.require(1L << 30, 24L << 30)).doesNotThrowAnyException();
  }
}
