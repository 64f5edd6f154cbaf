package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RestartBackoffTest {

  private final RestartBackoff backoff = new RestartBackoff();

  @Test
  void doublesUpToItsMaximum() {
    assertThat(pausesInSeconds(8)).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L);
  }

  @Test
  void staysAtItsMaximumHoweverLongThatGoesOn() {
    assertThat(pausesInSeconds(100_000)).allMatch(pause -> pause >= 1 && pause <= 30);
  }

  @Test
  void beginsAnewAfterTheProcessWasUpForAMinute() {
    var _ = pausesInSeconds(7);

    assertThat(backoff.next(Duration.ofMinutes(1))).isEqualTo(Duration.ofSeconds(1));
    assertThat(pausesInSeconds(2)).containsExactly(2L, 4L);
  }

  @Test
  void goesOnAfterTheProcessWasUpForLess() {
    var _ = pausesInSeconds(2);

    assertThat(backoff.next(Duration.ofSeconds(59))).isEqualTo(Duration.ofSeconds(4));
  }

  /** The pauses of a process that never gets up. */
  private List<Long> pausesInSeconds(int count) {
    return IntStream.range(0, count)
        .mapToObj(attempt -> backoff.next(Duration.ZERO).toSeconds())
        .toList();
  }
}
