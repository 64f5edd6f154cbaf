package dev.coatcheck.kit.pace;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BlockedTimeTest {

  private static final Duration MAX = Duration.ofMinutes(1);

  private final BlockedTime blockedTime = new BlockedTime();

  @Test
  void readerThatNeverKeptItsWriterWaitingIsGivenNoTime() throws Exception {
    Thread.sleep(20); // an image is made
    assertThat(blockedTime.pace(1000).of(1000, MAX)).isZero();
  }

  @Test
  void readerIsGivenTheTimeThatItKeptItsWriterWaiting() throws Exception {
    blockedTime.begin();
    Thread.sleep(20);
    blockedTime.begin();
    blockedTime.end();
    Duration all = blockedTime.pace(1000).of(1000, MAX);

    assertThat(all).isGreaterThanOrEqualTo(Duration.ofMillis(20));
    assertThat(blockedTime.pace(1000).of(500, MAX)).isEqualTo(all.dividedBy(2));
  }
}
