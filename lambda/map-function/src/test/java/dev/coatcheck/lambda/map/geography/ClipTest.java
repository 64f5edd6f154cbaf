package dev.coatcheck.lambda.map.geography;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ClipTest {

  private final Clip clip = new Clip(0, 0, 100, 100);

  @Test
  void areaIsCutToTheRectangle() {
    Ring big = new Ring(new double[] {-50, 150, 150, -50}, new double[] {50, 50, 150, 150});
    Ring cut = Objects.requireNonNull(clip.area(big));

    assertThat(Math.abs(cut.doubledArea())).isCloseTo(2 * 100 * 50, offset(1e-9));
    assertThat(List.of(cut.minX, cut.minY, cut.maxX, cut.maxY))
        .containsExactly(0.0, 50.0, 100.0, 100.0);
  }

  @Test
  void cutAreaGoesTheSameWayRound() {
    Ring one = new Ring(new double[] {-50, 150, 50}, new double[] {10, 10, 150});
    Ring other = new Ring(new double[] {50, 150, -50}, new double[] {150, 10, 10});

    assertThat(Objects.requireNonNull(clip.area(one)).doubledArea()).isPositive();
    assertThat(Objects.requireNonNull(clip.area(other)).doubledArea()).isNegative();
  }

  @Test
  void areaOutsideIsNothing() {
    assertThat(clip.area(new Ring(new double[] {110, 120, 130}, new double[] {0, 50, 0}))).isNull();
    // Its box meets the rectangle, but it does not.
    assertThat(clip.area(new Ring(new double[] {90, 300, 300}, new double[] {-80, 90, -80})))
        .satisfies(cut -> assertThat(cut == null || cut.doubledArea() == 0).isTrue());
  }

  @Test
  void lineIsKeptWhereItIsInside() {
    double[] x = {-30, -20, 50, 60, 200, 210, 50, 40};
    double[] y = {50, 50, 50, 50, 50, 50, 50, 60};
    List<Ring> pieces = clip.line(new Ring(x, y));

    assertThat(pieces).hasSize(2);
    assertThat(pieces.get(0).x).containsExactly(-20, 50, 60, 200);
    assertThat(pieces.get(1).x).containsExactly(210, 50, 40);
  }
}
