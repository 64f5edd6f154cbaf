package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;

class RangeHeaderFuzzTest {

  private static final long[] SIZES = {1, 2, 1000, 25_000_000, 1L << 53};

  /** The bytes of an image that are asked for. */
  private record Slice(BigInteger start, BigInteger end) {
    boolean hasBytes() {
      return start.compareTo(end) < 0;
    }
  }

  @FuzzTest
  void rangeIsWhatArithmeticSays(byte[] input) throws IOException {
    RangeHeader range;
    try {
      range = RangeHeader.of(FuzzedRequest.headers("Range", input));
    } catch (ProblemException refused) {
      FuzzedRequest.requireRefusal(refused);
      assertThat(refused.problem().status()).isIn(400, 416);
      long size = SIZES[SIZES.length - 1];
      assertThat(expected(FuzzedRequest.text(input), size).filter(Slice::hasBytes)).isEmpty();
      return;
    }
    assertThat(range.offset()).isNotNegative();
    assertThat(range.limit()).isNotNegative();
    assertThat(range.suffix()).isNotNegative();
    assertThat(range.suffix() == 0 || (range.offset() == 0 && range.limit() == 0)).isTrue();
    assertThat(range.isPart()).isEqualTo(range.limit() > 0 || range.suffix() > 0);
    for (long size : SIZES) {
      expected(FuzzedRequest.text(input), size)
          .ifPresent(slice -> assertThat(slice(range, size)).isEqualTo(slice));
    }
  }

  private static Slice slice(RangeHeader range, long size) {
    BigInteger all = BigInteger.valueOf(size);
    BigInteger offset = BigInteger.valueOf(range.offset());
    BigInteger suffix = BigInteger.valueOf(range.suffix());
    return range.suffix() > 0
        ? new Slice(all.subtract(suffix).max(BigInteger.ZERO), all)
        : new Slice(offset.min(all), offset.add(BigInteger.valueOf(range.limit())).min(all));
  }

  /** What {@code text} says, if it is {@code bytes=FIRST-LAST} or the like, and alone. */
  private static Optional<Slice> expected(String text, long size) {
    String prefix = "bytes=";
    if (!text.toLowerCase(Locale.ROOT).startsWith(prefix)
        || !text.substring(prefix.length()).matches("[0-9]+-[0-9]*|-[0-9]+")) {
      return Optional.empty();
    }
    BigInteger all = BigInteger.valueOf(size);
    String spec = text.substring(prefix.length());
    String first = spec.substring(0, spec.indexOf('-'));
    String last = spec.substring(spec.indexOf('-') + 1);
    if (first.isEmpty()) {
      return Optional.of(new Slice(all.subtract(new BigInteger(last)).max(BigInteger.ZERO), all));
    }
    BigInteger end = last.isEmpty() ? all : new BigInteger(last).add(BigInteger.ONE).min(all);
    return Optional.of(new Slice(new BigInteger(first).min(all), end));
  }
}
