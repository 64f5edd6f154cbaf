package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.constraints.Whitespace;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

class RangeHeaderPropertyTest {

  private static final long LARGEST = 999_999_999_999_999_999L;

  @Property
  void firstAndLastAreTheRange(
      @ForAll @LongRange(max = LARGEST) long one,
      @ForAll @LongRange(max = LARGEST) long other,
      @ForAll @IntRange(max = 5) int zeros)
      throws ProblemException {
    long first = Math.min(one, other);
    long last = Math.max(one, other);

    assertThat(range("bytes=" + "0".repeat(zeros) + first + "-" + last))
        .isEqualTo(new RangeHeader(first, last - first + 1, 0));
    assertThat(range("bytes=" + first + "-")).isEqualTo(new RangeHeader(first, Long.MAX_VALUE, 0));
    if (last > 0) {
      assertThat(range("bytes=-" + last)).isEqualTo(new RangeHeader(0, 0, last));
    }
    if (first < last) {
      assertThat(status("bytes=" + last + "-" + first)).isEqualTo(400);
    }
  }

  @Property
  void severalAreAsGoodAsNone(
      @ForAll @Size(min = 2, max = 50) List<@IntRange(max = 1000) Integer> firsts)
      throws ProblemException {
    List<String> specs = firsts.stream().map(first -> first + "-" + (first + 10)).toList();

    assertThat(range("bytes=" + String.join(",", specs))).isEqualTo(RangeHeader.NONE);
  }

  @Property
  void anythingIsARangeOrNoneOrRefused(
      @ForAll
          @StringLength(max = 40)
          @CharRange(from = '0', to = '9')
          @Chars({'-', ',', '=', 'b'})
          @Whitespace
          String text)
      throws ProblemException {
    for (String value : List.of(text, "bytes=" + text)) {
      ProblemException refused = catchThrowableOfType(ProblemException.class, () -> range(value));
      if (refused != null) {
        assertThat(refused.problem().status()).isIn(400, 416);
      } else {
        RangeHeader range = range(value);
        assertThat(range.offset()).isNotNegative();
        assertThat(range.limit()).isNotNegative();
        assertThat(range.suffix()).isNotNegative();
      }
    }
  }

  private static int status(String value) {
    return catchThrowableOfType(ProblemException.class, () -> range(value)).problem().status();
  }

  private static RangeHeader range(String value) throws ProblemException {
    return RangeHeader.of(HttpFields.build().add(HttpHeader.RANGE, value));
  }
}
