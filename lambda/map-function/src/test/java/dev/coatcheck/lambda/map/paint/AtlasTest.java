package dev.coatcheck.lambda.map.paint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.lambda.map.geography.Atlas;
import dev.coatcheck.lambda.map.geography.Ring;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class AtlasTest {

  @Test
  void bothLevelsHaveTheWorld() {
    for (Atlas atlas : List.of(Atlas.coarse(), Atlas.fine())) {
      assertThat(atlas.countries()).hasSizeGreaterThan(200);
      assertThat(atlas.countries())
          .extracting(Atlas.Country::name)
          .contains("South Korea", "North Korea", "Japan", "China", "Fiji", "Antarctica");
      assertThat(atlas.land()).hasSizeGreaterThan(1000);
    }
  }

  @Test
  void noAreaJumpsAcrossTheWorld() {
    for (Atlas atlas : List.of(Atlas.coarse(), Atlas.fine())) {
      for (Ring ring : atlas.land()) {
        // Antarctica alone goes all around; it is closed beyond the south edge.
        boolean closed = Math.abs(ring.x[0] - ring.x[ring.size() - 1]) < 1e-9;
        for (int i = 1; i < ring.size(); i++) {
          boolean atTheEdge = ring.y[i] > 1 && ring.y[i - 1] > 1;
          assertThat(Math.abs(ring.x[i] - ring.x[i - 1]) < 0.5 || atTheEdge).isTrue();
        }
        assertThat(closed).isTrue();
      }
    }
  }

  @Test
  void koreaHasOneBorderBetweenItsHalves() {
    Atlas atlas = Atlas.fine();
    List<String> names = atlas.countries().stream().map(Atlas.Country::name).toList();
    int north = names.indexOf("North Korea");
    int south = names.indexOf("South Korea");
    assertThat(atlas.countries().get(south).neighbours()).containsExactlyInAnyOrder(north, south);
  }

  @Test
  void everyNameCanBeWritten() {
    for (Atlas atlas : List.of(Atlas.coarse(), Atlas.fine())) {
      assertThat(atlas.countries())
          .extracting(country -> country.name().toUpperCase(Locale.ROOT))
          .allMatch(StrokeFont::canDraw);
    }
    assertThat(SeaName.ALL).extracting(SeaName::name).allMatch(StrokeFont::canDraw);
    assertThat(StrokeFont.canDraw("%")).isFalse();
  }

  @Test
  void neighboursHaveDifferentTints() {
    Atlas atlas = Atlas.coarse();
    List<Integer> tints = CountryTints.of(atlas, 7);
    List<String> names = atlas.countries().stream().map(Atlas.Country::name).toList();
    for (List<String> neighbours :
        List.of(
            List.of("South Korea", "North Korea"),
            List.of("France", "Germany"),
            List.of("Russia", "China"),
            List.of("Argentina", "Chile"))) {
      assertThat(tints.get(names.indexOf(neighbours.get(0))))
          .isNotEqualTo(tints.get(names.indexOf(neighbours.get(1))));
    }
  }
}
