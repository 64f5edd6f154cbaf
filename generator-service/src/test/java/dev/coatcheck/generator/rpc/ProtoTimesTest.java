package dev.coatcheck.generator.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.coatcheck.generator.image.ServiceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProtoTimesTest {

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE})
  void anyMessageIsASpanAndAMoment(long seconds) {
    Duration span = Duration.newBuilder().setSeconds(seconds).setNanos(Integer.MAX_VALUE).build();
    Timestamp moment =
        Timestamp.newBuilder().setSeconds(seconds).setNanos(Integer.MIN_VALUE).build();

    assertThat(ProtoTimes.duration(span).toNanos() > 0).isEqualTo(seconds >= -1);
    assertThat(ProtoTimes.instant(moment).getEpochSecond() >= 0).isEqualTo(seconds >= 0);
  }

  /** Whose nanoseconds are not below a second, or have another sign than its seconds. */
  @ParameterizedTest
  @CsvSource({
    "9223372036854775807, 2000000000, ttl: 9223372036854775807s and 2000000000ns",
    "5, 2000000000, ttl: 5s and 2000000000ns",
    "5, -1, ttl: 5s and -1ns",
    "0, -2147483648, ttl: 0s and -2147483648ns",
    "60, 1, ttl: 60s and 1ns",
    "-16, 0, ttl: -16s"
  })
  void whatIsNoDurationOrOutOfRangeIsRefused(long seconds, int nanos, String told) {
    Duration asked = Duration.newBuilder().setSeconds(seconds).setNanos(nanos).build();

    assertThatThrownBy(() ->
            ProtoTimes.requested(
                "ttl", asked, java.time.Duration.ofSeconds(1), java.time.Duration.ofSeconds(60)))
        .isInstanceOf(ServiceException.class)
        .hasMessage("INVALID_REQUEST: " + told + " (expected: 1s to 60s)");
  }

  @Test
  void whatIsUsualStays() {
    Duration span = Duration.newBuilder().setSeconds(86_400).setNanos(1).build();
    Timestamp moment = Timestamp.newBuilder().setSeconds(1_764_500_000).setNanos(999).build();

    assertThat(ProtoTimes.duration(ProtoTimes.duration(span))).isEqualTo(span);
    assertThat(ProtoTimes.timestamp(ProtoTimes.instant(moment))).isEqualTo(moment);
  }
}
