package dev.coatcheck.lambda.map.geography;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.coatcheck.lambda.map.spec.MapSpec;
import org.junit.jupiter.api.Test;

class ViewportTest {

  private final Viewport view =
      Viewport.of(
          new MapSpec(37.57, 126.98, 6, 4096, 3072, MapSpec.Format.PNG, MapSpec.Style.PAPER));

  @Test
  void centreIsInTheMiddle() {
    assertThat(view.x(126.98)).isCloseTo(2048, offset(1e-6));
    assertThat(view.y(37.57)).isCloseTo(1536, offset(1e-6));
  }

  @Test
  void worldIsAsWideAsOnSlippyMaps() {
    assertThat(view.worldSize()).isEqualTo(256 * 64);
    assertThat(view.x(180) - view.x(-180)).isCloseTo(256 * 64, offset(1e-6));
    assertThat(view.worldBottom() - view.worldTop()).isCloseTo(256 * 64, offset(1e-6));
  }

  @Test
  void pixelsLeadBackToDegrees() {
    assertThat(view.longitude(view.x(100.25))).isCloseTo(100.25, offset(1e-9));
    assertThat(view.latitude(view.y(-33.5))).isCloseTo(-33.5, offset(1e-9));
  }

  @Test
  void squareWorldEndsAtMercatorsLatitude() {
    assertThat(view.y(MapSpec.MAX_LATITUDE)).isCloseTo(view.worldTop(), offset(0.1));
  }
}
