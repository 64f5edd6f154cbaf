package dev.coatcheck.generator.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.coatcheck.contract.Filenames;
import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.generator.image.Clocks;
import dev.coatcheck.generator.image.ImageId;
import dev.coatcheck.generator.image.ImageSnapshot;
import dev.coatcheck.generator.image.ServiceException;
import dev.coatcheck.generator.image.Tombstone;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.TransferredImage;
import dev.coatcheck.v1.TransferredTombstone;
import java.time.Instant;

/** What a peer hands over is taken, and can be handed on, or is refused. */
class HandoffMessagesFuzzTest {

  private static final Clocks TIME =
      new Clocks(() -> 1_000_000_000L, () -> Instant.ofEpochSecond(1_700_000_000));

  private static final ImageId ID = new ImageId("0".repeat(64));

  @FuzzTest
  void imageArrivesOrIsRefused(byte[] message) {
    TransferredImage image;
    try {
      image = TransferredImage.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    try {
      HandoffMessages.requireRequestOf(ID, image);
      ImageSnapshot frozen = HandoffMessages.frozen(image, TIME);
      assertThat(frozen.sizeBytes()).isEqualTo(image.getSizeBytes()).isPositive();
      assertThat(frozen.terms().filename()).matches(n -> n.isEmpty() || Filenames.isValid(n));
      assertThat(UntrustedText.isPrintable(frozen.contentType())).isTrue();
      assertThat(HandoffMessages.canTravel(frozen)).isTrue();
      TransferredImage again = HandoffMessages.message(frozen, TIME).build();
      assertThat(HandoffMessages.message(HandoffMessages.frozen(again, TIME), TIME).build())
          .isEqualTo(again);
    } catch (ServiceException e) {
      assertThat(e.refusal().reason())
          .isIn(ErrorReason.INVALID_REQUEST, ErrorReason.IMAGE_NOT_FOUND);
    }
  }

  @FuzzTest
  void tombstoneArrivesOrIsRefused(byte[] message) {
    TransferredTombstone sent;
    try {
      sent = TransferredTombstone.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    try {
      Tombstone tombstone = TombstoneMessages.tombstone(sent, TIME);
      assertThat(tombstone.reason()).isEqualTo(sent.getReason());
      TransferredTombstone again = TombstoneMessages.message(ID, tombstone, TIME);
      assertThat(TombstoneMessages.message(ID, TombstoneMessages.tombstone(again, TIME), TIME))
          .isEqualTo(again);
      assertThat(HandoffMessages.id(again.getImageId())).isEqualTo(ID);
    } catch (ServiceException e) {
      assertThat(e.refusal().reason()).isEqualTo(ErrorReason.INVALID_REQUEST);
    }
  }
}
