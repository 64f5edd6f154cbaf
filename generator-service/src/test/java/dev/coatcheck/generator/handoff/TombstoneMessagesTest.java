package dev.coatcheck.generator.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.generator.image.Clocks;
import dev.coatcheck.generator.image.ImageId;
import dev.coatcheck.generator.image.Tombstone;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageError;
import dev.coatcheck.v1.TransferredTombstone;
import org.junit.jupiter.api.Test;

class TombstoneMessagesTest {

  /** A peer may be newer, and know more reasons. */
  @Test
  void tombstoneOfAnUnknownFailureIsHandedOn() {
    TransferredTombstone sent =
        TransferredTombstone.newBuilder()
            .setReason(ErrorReason.IMAGE_EXPIRED)
            .setLast(
                Image.newBuilder()
                    .setError(ImageError.newBuilder().setReasonValue(9999).setMessage("new")))
            .build();

    Tombstone tombstone = TombstoneMessages.tombstone(sent, Clocks.SYSTEM);
    Image last =
        TombstoneMessages.message(new ImageId("0".repeat(64)), tombstone, Clocks.SYSTEM).getLast();

    assertThat(last.getError().getReason()).isEqualTo(ErrorReason.ERROR_REASON_UNSPECIFIED);
    assertThat(last.getError().getMessage()).isEqualTo("new");
  }
}
