package dev.coatcheck.generator.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RangeSetTest {

  @Test
  void joinsWhatTouches() {
    assertThat(RangeSet.of(0, 5).plus(RangeSet.of(5, 9))).isEqualTo(RangeSet.of(0, 9));
    assertThat(RangeSet.of(0, 5).plus(RangeSet.of(6, 9)).ranges()).hasSize(2);
  }

  @Test
  void isWholeOnlyWithoutAGap() {
    assertThat(RangeSet.of(0, 9).isWhole(9)).isTrue();
    assertThat(RangeSet.of(0, 9).isWhole(10)).isFalse();
    assertThat(RangeSet.of(0, 9).isWhole(-1)).isFalse();
    assertThat(RangeSet.of(1, 9).isWhole(9)).isFalse();
    assertThat(RangeSet.of(0, 4).plus(RangeSet.of(5, 9)).isWhole(9)).isFalse();
    assertThat(RangeSet.NONE.isWhole(0)).isFalse();
  }

  @Test
  void refusesRangesThatAreNone() {
    assertThatThrownBy(() -> RangeSet.of(5, 4)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RangeSet.of(-1, 4)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void behavesLikeASetOfPositions() {
    Random random = new Random(42);
    for (int round = 0; round < 2_000; round++) {
      RangeSet coverage = RangeSet.NONE;
      BitSet positions = new BitSet();
      for (int step = 0; step < 12; step++) {
        int start = random.nextInt(60);
        int end = start + random.nextInt(12);
        if (random.nextInt(3) > 0) {
          coverage = coverage.plus(RangeSet.of(start, end));
          positions.set(start, end);
        } else {
          coverage = coverage.minus(RangeSet.of(start, end));
          positions.clear(start, end);
        }
        assertThat(coverage).isEqualTo(coverageOf(positions));
        assertThat(coverage.bytes()).isEqualTo(positions.cardinality());
        BitSet probe = new BitSet();
        probe.set(start, end);
        BitSet missing = (BitSet) probe.clone();
        missing.andNot(positions);
        assertThat(coverage.contains(RangeSet.of(start, end))).isEqualTo(missing.isEmpty());
      }
    }
  }

  private static RangeSet coverageOf(BitSet positions) {
    RangeSet coverage = RangeSet.NONE;
    for (int start = positions.nextSetBit(0); start >= 0; ) {
      int end = positions.nextClearBit(start);
      coverage = coverage.plus(RangeSet.of(start, end));
      start = positions.nextSetBit(end);
    }
    return coverage;
  }
}
