package dev.coatcheck.generator.handoff;

import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.generator.image.Clocks;
import dev.coatcheck.generator.image.ImageId;
import dev.coatcheck.generator.image.ImageState;
import dev.coatcheck.generator.image.ImageStatus;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.image.Tombstone;
import dev.coatcheck.generator.rpc.ImageMessages;
import dev.coatcheck.generator.rpc.ProtoTimes;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.TransferredTombstone;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Between a tombstone and the message that takes it to another generator. */
final class TombstoneMessages {

  private TombstoneMessages() {}

  static TransferredTombstone message(ImageId id, Tombstone tombstone, Clocks time) {
    return TransferredTombstone.newBuilder()
        .setImageId(HandoffMessages.id(id))
        .setLast(ImageMessages.of("", tombstone.last()))
        .setReason(tombstone.reason())
        .setAge(ProtoTimes.duration(Duration.ofNanos(time.now() - tombstone.sinceNanos())))
        .build();
  }

  static Tombstone tombstone(TransferredTombstone message, Clocks time) {
    Image last = message.getLast();
    ErrorReason reason = message.getReason();
    if (reason == ErrorReason.UNRECOGNIZED
        || reason == ErrorReason.ERROR_REASON_UNSPECIFIED
        || reason == ErrorReason.IMAGE_MOVED) {
      throw HandoffMessages.invalid(
          "tombstones.reason", Integer.toString(message.getReasonValue()), "that of an end");
    }
    @Nullable Refusal failure =
        last.hasError()
            ? Refusal.of(known(last.getError().getReason()), last.getError().getMessage())
            : null;
    Duration age = ProtoTimes.duration(message.getAge());
    return new Tombstone(
        new ImageStatus(
            failure != null ? ImageState.FAILED : state(last.getState()),
            last.getClaimed(),
            UntrustedText.clip(last.getContentType(), UntrustedText.MAX_QUOTED),
            last.hasSizeBytes() ? last.getSizeBytes() : -1,
            last.getAvailableBytes(),
            last.getDeliveredBytes(),
            UntrustedText.clip(last.getSha256(), UntrustedText.MAX_QUOTED),
            ProtoTimes.instant(last.getCreateTime()),
            ProtoTimes.instant(last.getExpireTime()),
            HandoffMessages.filename(last.getFilename()),
            failure),
        reason,
        time.now() - (age.isNegative() ? 0 : age.toNanos()),
        "");
  }

  /** That of a peer which is newer than this generator cannot be told on. */
  private static ErrorReason known(ErrorReason reason) {
    return reason == ErrorReason.UNRECOGNIZED ? ErrorReason.ERROR_REASON_UNSPECIFIED : reason;
  }

  private static ImageState state(Image.State state) {
    return switch (state) {
      case COMPLETE -> ImageState.COMPLETE;
      case DELIVERED -> ImageState.DELIVERED;
      case FAILED -> ImageState.FAILED;
      case GENERATING, STATE_UNSPECIFIED, UNRECOGNIZED -> ImageState.GENERATING;
    };
  }
}
