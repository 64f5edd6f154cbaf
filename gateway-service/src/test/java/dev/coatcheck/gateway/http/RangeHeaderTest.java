package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RangeHeaderTest {

  private static final long MOST = Long.MAX_VALUE;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bytes=0-0      | 0 | 1 | 0",
        "bytes=0-       | 0 | 9223372036854775807 | 0",
        "bytes=5-9      | 5 | 5 | 0",
        "bytes=007-0009 | 7 | 3 | 0",
        "BYTES=5-       | 5 | 9223372036854775807 | 0",
        "bytes= 5-9     | 5 | 5 | 0",
        "bytes=5-9,     | 5 | 5 | 0",
        "bytes=, ,5-9 , | 5 | 5 | 0",
        "bytes=-7       | 0 | 0 | 7",
        "bytes=5-99999999999999999999 | 5 | 9223372036854775803 | 0",
        "bytes=0-9223372036854775807  | 0 | 9223372036854775807 | 0",
      })
  void oneRange(String value, long offset, long limit, long suffix) throws ProblemException {
    assertThat(range(value)).isEqualTo(new RangeHeader(offset, limit, suffix));
    assertThat(range(value).isPart()).isTrue();
  }

  @Test
  void numbersThatNoImageReachesAreTheMost() throws ProblemException {
    assertThat(range("bytes=99999999999999999999-").offset()).isEqualTo(MOST);
    assertThat(range("bytes=-99999999999999999999").suffix()).isEqualTo(MOST);
    assertThat(range("bytes=99999999999999999999-99999999999999999999").limit()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bytes=0-0,5-9", "bytes=0-9, -5", "bytes=0-5,3-9", "lines=1-2", "bytes=-0,1-2"})
  void severalRangesAndOtherUnitsAreAsGoodAsNone(String value) throws ProblemException {
    assertThat(range(value)).isEqualTo(RangeHeader.NONE);
    assertThat(range(value).isPart()).isFalse();
  }

  @Test
  void thirteenHundredRangesAreAsGoodAsNone() throws ProblemException {
    assertThat(range("bytes=0-0" + ",5-9".repeat(1299))).isEqualTo(RangeHeader.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=, ,",
        "bytes=--5",
        "bytes=a-b",
        "bytes=5",
        "bytes=9-5",
        "bytes=5-9,x",
        "bytes=1-2-3",
        "bytes=+1-2",
        "bytes=0x1-2",
        "bytes=١-٢",
        "bytes=1 - 2",
      })
  void whatIsMalformedIsRefused(String value) {
    ProblemException refused = catchThrowableOfType(ProblemException.class, () -> range(value));

    assertThat(refused.problem().status()).isEqualTo(400);
    assertThat(refused.problem().more().get("field").asText()).isEqualTo("Range");
  }

  @Test
  void theLastZeroBytesCannotBeHad() {
    ProblemException refused =
        catchThrowableOfType(ProblemException.class, () -> range("bytes=-0"));

    assertThat(refused.problem().status()).isEqualTo(416);
  }

  @Test
  void noneIsTheWhole() throws ProblemException {
    assertThat(RangeHeader.of(HttpFields.EMPTY)).isEqualTo(RangeHeader.NONE);
  }

  private static RangeHeader range(String value) throws ProblemException {
    return RangeHeader.of(HttpFields.build().put(HttpHeader.RANGE, value));
  }
}
