package dev.coatcheck.generator.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestedRangeTest {

  @ParameterizedTest
  @CsvSource({
    // offset, limit, suffix, size, start, end
    "0,  0,  0,   100, 0,  100",
    "10, 0,  0,   100, 10, 100",
    "10, 5,  0,   100, 10, 15",
    "10, 90, 0,   100, 10, 100",
    "10, 91, 0,   100, 10, 100",
    "10, 9223372036854775807, 0, 100, 10, 100",
    "0,  0,  1,   100, 99, 100",
    "0,  0,  100, 100, 0,  100",
    "0,  0,  101, 100, 0,  100",
    "10, 5,  0,   -1,  10, 15",
    "10, 0,  0,   -1,  10, 9223372036854775807",
    "10, 9223372036854775807, 0, -1, 10, 9223372036854775807",
  })
  void isResolvedAgainstTheSize(
      long offset, long limit, long suffix, long size, long start, long end) {
    RequestedRange section = new RequestedRange(offset, limit, suffix, true);

    assertThat(section.start(size)).isEqualTo(start);
    assertThat(section.end(size)).isEqualTo(end);
  }

  @ParameterizedTest
  @CsvSource({
    "10, 5, 0, 14, -1, false",
    "10, 5, 0, 15, -1, true",
    "10, 5, 0, 0,  12, true",
    "10, 0, 0, 99, -1, false",
    "0,  0, 5, 99, -1, false",
    "0,  0, 5, 99, 99, true",
    "10, 9223372036854775807, 0, 99, -1, false",
  })
  void isThereWhenAllOfItCanBeRead(
      long offset, long limit, long suffix, long readable, long size, boolean there) {
    assertThat(new RequestedRange(offset, limit, suffix, true).isThere(readable, size))
        .isEqualTo(there);
  }

  @Test
  void isPastTheEndFromTheSizeOn() {
    assertThat(new RequestedRange(99, 0, 0, false).isPastEnd(100)).isFalse();
    assertThat(new RequestedRange(100, 0, 0, false).isPastEnd(100)).isTrue();
    assertThat(new RequestedRange(Long.MAX_VALUE, 1, 0, false).isPastEnd(100)).isTrue();
    assertThat(new RequestedRange(100, 0, 0, false).isPastEnd(-1)).isFalse();
    assertThat(RequestedRange.WHOLE.isPastEnd(0)).isFalse();
    assertThat(new RequestedRange(0, 0, 500, false).isPastEnd(100)).isFalse();
  }

  @Test
  void hasNoNegativeNumbersAndASuffixAlone() {
    assertThatThrownBy(() -> new RequestedRange(-1, 0, 0, false)).hasMessageContaining("offset -1");
    assertThatThrownBy(() -> new RequestedRange(0, -1, 0, false)).hasMessageContaining("limit -1");
    assertThatThrownBy(() -> new RequestedRange(0, 0, -1, false)).hasMessageContaining("suffix -1");
    assertThatThrownBy(() -> new RequestedRange(1, 0, 1, false))
        .hasMessageContaining("a suffix alone");
  }
}
