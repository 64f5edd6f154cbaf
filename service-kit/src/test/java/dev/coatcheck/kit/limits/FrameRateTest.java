package dev.coatcheck.kit.limits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FrameRateTest {

  private static final long SECOND = 1_000_000_000;

  // state
  private long nowNanos = -3;

  private final FrameRate rate = new FrameRate(10, nowNanos);

  private int frames() {
    int frames = 0;
    while (rate.tryFrame(nowNanos)) {
      frames++;
    }
    return frames;
  }

  @Test
  void allowsASecondsFramesAtOnceAndThenByTime() {
    assertThat(frames()).isEqualTo(10);

    nowNanos += SECOND / 2;
    assertThat(frames()).isEqualTo(5);

    nowNanos += 100 * SECOND;
    assertThat(frames()).isEqualTo(10);
  }

  /** A fast download asks for thousands of window updates a second. */
  @Test
  void allowsOneMoreForEachKibibyteOfData() {
    assertThat(frames()).isEqualTo(10);

    rate.data(20 * 1024);
    assertThat(frames()).isEqualTo(20);
  }

  @Test
  void dataAllowsFramesForAMinuteAtMost() {
    rate.data(1L << 40);

    assertThat(frames()).isEqualTo(640);
  }

  /** Else a connection with much data before would lose by waiting. */
  @Test
  void timeTakesNothingAway() {
    rate.data(90 * 1024);
    nowNanos += SECOND;

    assertThat(frames()).isEqualTo(100);
  }
}
