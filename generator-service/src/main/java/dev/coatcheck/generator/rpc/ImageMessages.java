package dev.coatcheck.generator.rpc;

import dev.coatcheck.generator.image.ImageState;
import dev.coatcheck.generator.image.ImageStatus;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageError;

/** From what an image looks like to the contract's message. */
public final class ImageMessages {

  private ImageMessages() {}

  /**
   * The message.
   *
   * @param name as the caller has it, since we keep no keys
   */
  public static Image of(String name, ImageStatus status) {
    Image.Builder image =
        Image.newBuilder()
            .setName(name)
            .setState(state(status.state()))
            .setClaimed(status.claimed())
            .setContentType(status.contentType())
            .setAvailableBytes(status.availableBytes())
            .setDeliveredBytes(status.deliveredBytes())
            .setSha256(status.sha256())
            .setCreateTime(ProtoTimes.timestamp(status.createTime()))
            .setExpireTime(ProtoTimes.timestamp(status.expireTime()))
            .setFilename(status.filename());
    if (status.sizeBytes() >= 0) {
      image.setSizeBytes(status.sizeBytes());
    }
    Refusal failure = status.failure();
    if (failure != null) {
      image.setError(
          ImageError.newBuilder().setReason(failure.reason()).setMessage(failure.message()));
    }
    return image.build();
  }

  static Image.State state(ImageState state) {
    return switch (state) {
      case GENERATING -> Image.State.GENERATING;
      case COMPLETE -> Image.State.COMPLETE;
      case FAILED -> Image.State.FAILED;
      case DELIVERED -> Image.State.DELIVERED;
    };
  }
}
