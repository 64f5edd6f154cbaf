package dev.coatcheck.lambda.map.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coatcheck.lambda.kit.InvalidEventException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MapSpecTest {

  @Test
  void isKoreaOnPaperUnlessToldOtherwise() throws Exception {
    assertThat(parse("{}"))
        .isEqualTo(
            new MapSpec(37.57, 126.98, 6, 4096, 3072, MapSpec.Format.PNG, MapSpec.Style.PAPER));
  }

  @Test
  void takesEveryField() throws Exception {
    assertThat(
            parse(
                "{'center': {'lat': -17.5, 'lon': 180}, 'zoom': 2.5, 'width': 16, 'height': 16384,"
                    + " 'format': 'jpeg', 'style': 'plain'}"))
        .isEqualTo(
            new MapSpec(-17.5, 180, 2.5, 16, 16384, MapSpec.Format.JPEG, MapSpec.Style.PLAIN));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'colour': 1}                         | colour: unknown field (expected: center, zoom,",
        "{'center': {'lat': 1, 'alt': 1}}      | center.alt: unknown field",
        "{'center': [1, 2]}                    | center: [1,2] (expected: an object",
        "{'center': {'lat': 85.06}}            | center.lat: 85.06 (expected: degrees from -85",
        "{'center': {'lat': '37'}}             | center.lat: \"37\" (expected: degrees",
        "{'center': {'lon': -180.1}}           | center.lon: -180.1 (expected: degrees from -180",
        "{'zoom': -0.5}                        | zoom: -0.5 (expected: a number from 0 to 18",
        "{'zoom': 18.5}                        | zoom: 18.5 (expected: a number from 0 to 18",
        "{'width': 15}                         | width: 15 (expected: a whole number of pixels",
        "{'width': 100.5}                      | width: 100.5 (expected: a whole number",
        "{'height': 16385}                     | height: 16385 (expected: a whole number",
        "{'width': 16384, 'height': 16384}     | width x height: 16384 x 16384 (expected: at most",
        "{'format': 'gif'}                     | format: \"gif\" (expected: png or jpeg",
        "{'style': 7}                          | style: 7 (expected: paper or plain",
        "7                                     | spec: 7 (expected: an object",
      })
  void refusesWithTheFieldAndWhatWasExpected(String spec, String message) {
    assertThatThrownBy(() -> parse(spec))
        .isInstanceOfSatisfying(
            InvalidEventException.class, e -> assertThat(e.errorType()).isEqualTo("InvalidSpec"))
        .hasMessageStartingWith(message);
  }

  private static MapSpec parse(String json) throws Exception {
    return MapSpec.parse(new ObjectMapper().readTree(json.replace('\'', '"')));
  }
}
