package dev.coatcheck.generator.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.v1.ErrorReason;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TombstonesTest {

  private static final String MESSAGE = "m".repeat(320);
  private static final int FIT = (int) (Tombstones.MAX_TEXT_CHARACTERS / MESSAGE.length());

  private final Tombstones tombstones = new Tombstones(100_000, Duration.ofMinutes(10));

  @Test
  void oldestLoseTheirTextWhereThereIsTooMuch() {
    for (int i = 0; i < 2 * FIT; i++) {
      tombstones.add(ImageId.ofKey("key " + i), failed(MESSAGE));
    }

    long texts =
        tombstones.all().values().stream()
            .mapToLong(tombstone -> tombstone.refusal().message().equals(MESSAGE) ? 1 : 0)
            .sum();
    assertThat(tombstones.all()).hasSize(2 * FIT);
    assertThat(texts).isBetween(FIT * 3L / 4, (long) FIT);
    Refusal oldest = tombstones.find(ImageId.ofKey("key 0")).orElseThrow().refusal();
    assertThat(oldest.reason()).isEqualTo(ErrorReason.FUNCTION_FAILED);
    assertThat(oldest.message()).isNotEmpty().hasSizeLessThan(60);
    assertThat(tombstones.find(ImageId.ofKey("key " + (2 * FIT - 1))).orElseThrow().refusal())
        .isEqualTo(failed(MESSAGE).refusal());
  }

  @Test
  void textOfWhatWasForgottenCountsNoMore() {
    Tombstones few = new Tombstones(10, Duration.ofMinutes(10));
    for (int i = 0; i < 2 * FIT; i++) {
      few.add(ImageId.ofKey("key " + i), failed(MESSAGE));
    }

    assertThat(few.all().values())
        .hasSize(10)
        .allMatch(tombstone -> tombstone.refusal().message().equals(MESSAGE));
  }

  private static Tombstone failed(String message) {
    return new Tombstone(
        new ImageStatus(
            ImageState.FAILED,
            false,
            "",
            -1,
            0,
            0,
            "",
            Instant.EPOCH,
            Instant.EPOCH,
            "",
            Refusal.of(ErrorReason.FUNCTION_FAILED, message)),
        ErrorReason.FUNCTION_FAILED,
        System.nanoTime(),
        "");
  }
}
