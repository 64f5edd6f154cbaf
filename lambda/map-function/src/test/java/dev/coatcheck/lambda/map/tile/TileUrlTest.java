package dev.coatcheck.lambda.map.tile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TileUrlTest {

  @Test
  void putsTheTileIntoItsPlaces() {
    assertThat(
            new TileUrl("https://tiles.example:8443/{z}/{y}/{x}@1x.png?key=a%20b")
                .of(new TileId(6, 54, 24)))
        .hasToString("https://tiles.example:8443/6/24/54@1x.png?key=a%20b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://tiles.example/{z}/{x}.png",
        "http://tiles.example/{x}/{y}.png",
        "http://tiles.example/{z}/{y}.png",
        "ftp://tiles.example/{z}/{x}/{y}.png",
        "tiles.example/{z}/{x}/{y}.png",
        "http:///{z}/{x}/{y}.png",
        "http://tiles.example/{z}/{x}/{y}/{quadkey}",
        "http://tiles.example/{z}/{x}/{y} png",
      })
  void refusesWhatIsNoAddressOfTiles(String template) {
    assertThatThrownBy(() -> new TileUrl(template))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(template + " (expected: http:// or https://, a host, and {z}, {x} and {y})");
  }
}
