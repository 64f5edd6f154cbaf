package dev.coatcheck.lambda.local.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BytesFunctionTest {

  @Test
  void contentBeginsLikeAPng() {
    assertThat(BytesFunction.content(100, 3))
        .startsWith(0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n');
  }

  @Test
  void anyRangeIsTheSameAsInTheWhole() {
    byte[] whole = BytesFunction.content(1000, 42);
    for (int from : new int[] {0, 1, 7, 8, 13, 500, 993}) {
      for (int length : new int[] {0, 1, 3, 7}) {
        ByteBuffer range = ByteBuffer.allocate(length);
        BytesFunction.fill(range, 42, from);
        assertThat(range.array()).isEqualTo(Arrays.copyOfRange(whole, from, from + length));
        assertThat(range.hasRemaining()).isFalse();
      }
    }
    ByteBuffer longRange = ByteBuffer.allocate(900);
    BytesFunction.fill(longRange, 42, 53);
    assertThat(longRange.array()).isEqualTo(Arrays.copyOfRange(whole, 53, 953));
  }

  @Test
  void anotherSeedIsAnotherContent() {
    byte[] one = BytesFunction.content(64, 1);
    byte[] two = BytesFunction.content(64, 2);
    assertThat(Arrays.copyOfRange(one, 8, 64)).isNotEqualTo(Arrays.copyOfRange(two, 8, 64));
  }
}
