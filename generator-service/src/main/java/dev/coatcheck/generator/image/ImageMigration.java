package dev.coatcheck.generator.image;

import dev.coatcheck.v1.ErrorReason;
import java.util.Optional;

/**
 * The moves of one image to other generators: at most one at a time.
 *
 * <p><b>Threading:</b> any thread.
 */
final class ImageMigration {

  /** Its own, and that of whoever has frozen it. */
  private static final int SHARES_WITHOUT_READERS = 2;

  private final Image image;
  private final ImageBuffer buffer;
  private final PickupCell pickup;

  // state: any thread
  private volatile String movedTo = "";

  ImageMigration(Image image, ImageBuffer buffer, PickupCell pickup) {
    this.image = image;
    this.buffer = buffer;
    this.pickup = pickup;
  }

  /**
   * Freezes the image.
   *
   * @param cut whether to cut a stream that is alive
   * @return what moves, which the caller must end; empty when that cannot be now: it is still being
   *     made, somebody is reading, or it moves already
   */
  Optional<MovingImage> tryFreeze(boolean cut) {
    if (!(image.production() instanceof GenerationState.Complete complete) || !buffer.tryRetain()) {
      return Optional.empty();
    }
    Optional<MovingPickup> frozen = pickup.freeze(cut);
    if (frozen.isEmpty()) {
      buffer.release();
      return Optional.empty();
    }
    MovingPickup moving = frozen.get();
    MovingImage ticket =
        new MovingImage(
            image.id(), this, buffer, moving, image.snapshot(complete, moving.before()));
    if (!cut && buffer.shares() > SHARES_WITHOUT_READERS) {
      ticket.goBack(); // a reader has not said yet how it ended
      return Optional.empty();
    }
    image.changed(); // a stream that was cut learns of it
    return Optional.of(ticket);
  }

  /** The move came to nothing: the image is what it was before. */
  void goBack(MovingPickup moving) {
    pickup.thaw(moving);
    image.changed();
  }

  /** A peer owns the image: it is gone from here. */
  void moved(MovingPickup moving, String peer) {
    movedTo = peer;
    image.endIfStill(moving, ErrorReason.IMAGE_MOVED);
  }

  /** The address of the generator that it moved to; empty when it did not. */
  String movedTo() {
    return movedTo;
  }
}
