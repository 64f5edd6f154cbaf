package dev.coatcheck.generator.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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

  @Test
  void whatIsUsualStays() {
    Duration span = Duration.newBuilder().setSeconds(86_400).setNanos(1).build();
    Timestamp moment = Timestamp.newBuilder().setSeconds(1_764_500_000).setNanos(999).build();

    assertThat(ProtoTimes.duration(ProtoTimes.duration(span))).isEqualTo(span);
    assertThat(ProtoTimes.timestamp(ProtoTimes.instant(moment))).isEqualTo(moment);
  }
}
