package dev.coatcheck.generator.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.generator.image.ActivePickup.Phase;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

final class PickupCellTest {

  private static final long SIZE = 100;
  private static final long UNKNOWN = -1;

  private final PickupCell cell =
      new PickupCell(
          Pickup.open(false, 0),
          new Clocks(() -> 0, InstantSource.system()),
          () -> "proof",
          this::sizeBytes);

  // state
  private long size = UNKNOWN;
  private Runnable meanwhile = () -> {};

  /** Whoever asks for the size gets what it is now, and is overtaken right then. */
  private long sizeBytes() {
    long now = size;
    Runnable once = meanwhile;
    meanwhile = () -> {};
    once.run();
    return now;
  }

  /**
   * 1. A first byte is picked up while the image is made. 2. The word on it comes, and is
   * overtaken: 3. the image is complete, and the claimant is handed the rest of it. 4. It is bound,
   * and stays so.
   */
  @Test
  void aWordThatWasOvertakenByTheImagesEndDoesNotFreeIt() {
    claim("", 0);
    handOut(1, 0, 1);
    claim("proof", 1);
    meanwhile =
        () -> {
          size = SIZE;
          handOut(2, 1, SIZE);
          assertThat(phase()).isEqualTo(Phase.BOUND);
        };

    SettleAnswer answer = cell.settle(StreamEnd.complete(1, 1, RangeSet.of(0, 1)));

    assertThat(answer).isEqualTo(SettleAnswer.TAKEN);
    assertThat(phase()).isEqualTo(Phase.BOUND);
    assertThat(cell.settle(StreamEnd.complete(1, 2, RangeSet.of(1, SIZE))))
        .isEqualTo(SettleAnswer.DELIVERED);
  }

  /** The same, where the last bytes leave while others are still being recorded. */
  @Test
  void bytesThatAreRecordedLateBindToo() {
    claim("", 0);
    meanwhile = () -> size = SIZE;
    handOut(1, 0, SIZE - 1);
    handOut(1, SIZE - 1, SIZE);

    assertThat(phase()).isEqualTo(Phase.BOUND);
  }

  private Phase phase() {
    return ((ActivePickup) cell.now()).phase();
  }

  private void claim(String proof, long offset) {
    RequestedRange section =
        offset == 0 ? RequestedRange.WHOLE : new RequestedRange(offset, 0, 0, true);
    assertThat(
            cell.claim(new ClaimRequest(proof, ClaimRequest.Use.OPTIONAL, section), seen -> false))
        .isInstanceOf(Pickup.Answer.Granted.class);
  }

  private void handOut(long stream, long start, long end) {
    assertThat(cell.handOut(1, stream, RangeSet.of(start, end))).isTrue();
  }
}
