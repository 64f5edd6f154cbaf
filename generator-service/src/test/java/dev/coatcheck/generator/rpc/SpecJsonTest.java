package dev.coatcheck.generator.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.coatcheck.generator.image.ServiceException;
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
        .isInstanceOf(ServiceException.class)
        .hasMessageContaining("spec: " + number);
  }

  /** A caller who wrote 2^53 + 1 has sent another number. */
  @ParameterizedTest
  @ValueSource(doubles = {0x1p53 + 2, -0x1p53 - 2, 1e300})
  void refusesIntegersThatMayHaveBeenOthers(double number) {
    assertThatThrownBy(() -> SpecJson.of(spec(number)))
        .isInstanceOf(ServiceException.class)
        .hasMessage("INVALID_REQUEST: spec: %s (expected: integers to 2^53)", number);
    assertThat(SpecJson.of(spec(-0x1p53))).isEqualTo("{\"a\":-9007199254740992}");
  }

  @Test
  void refusesWhatGatewaysRefuseAsTooDeep() {
    assertThat(SpecJson.of(nested(32)))
        .startsWith("{\"a\":".repeat(31))
        .endsWith("{}" + "}".repeat(31));
    assertThatThrownBy(() -> SpecJson.of(nested(33)))
        .isInstanceOf(ServiceException.class)
        .hasMessage("INVALID_REQUEST: spec: nested too deep (expected: at most 32 levels)");
  }

  private static Struct nested(int levels) {
    Struct spec = Struct.getDefaultInstance();
    for (int i = 1; i < levels; i++) {
      spec =
          Struct.newBuilder()
              .putFields("a", Value.newBuilder().setStructValue(spec).build())
              .build();
    }
    return spec;
  }

  private static Struct spec(double number) {
    return Struct.newBuilder()
        .putFields("a", Value.newBuilder().setNumberValue(number).build())
        .build();
  }
}
