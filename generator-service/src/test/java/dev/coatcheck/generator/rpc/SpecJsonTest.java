package dev.coatcheck.generator.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.coatcheck.generator.image.RefusedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpecJsonTest {

  @Test
  void integersHaveNoFraction() {
    assertThat(SpecJson.of(spec(4096))).isEqualTo("{\"a\":4096}");
    assertThat(SpecJson.of(spec(0.5))).isEqualTo("{\"a\":0.5}");
  }

  /** JSON has no such numbers, and a string in their place would be another spec. */
  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void refusesWhatIsNoNumber(double number) {
    assertThatThrownBy(() -> SpecJson.of(spec(number)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("spec: " + number);
  }

  private static Struct spec(double number) {
    return Struct.newBuilder()
        .putFields("a", Value.newBuilder().setNumberValue(number).build())
        .build();
  }
}
