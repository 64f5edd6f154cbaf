package dev.coatcheck.generator.image;

import dev.coatcheck.v1.ErrorReason;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The pickup of an image that is on its way to another generator: nobody is served, and nothing
 * changes, until the move has succeeded ({@link GonePickup}) or failed ({@code before}).
 *
 * @param before the pickup as it was frozen, without a live stream
 */
public record MovingPickup(ActivePickup before) implements Pickup {

  public MovingPickup {
    if (before.claim().liveStream() != 0) {
      throw new IllegalArgumentException("stream " + before.claim().liveStream() + " is alive");
    }
  }

  @Override
  public Claim claim() {
    return before.claim();
  }

  @Override
  public Answer claim(
      ClaimRequest request, Supplier<String> freshProof, boolean stalled, long sizeBytes) {
    return new Answer.Moving();
  }

  @Override
  public Pickup endStream(long epoch, long stream, long now) {
    return this;
  }

  @Override
  public Settled settle(StreamEnd end, long sizeBytes, long now) {
    return new Settled.Moving();
  }

  @Override
  public Optional<ErrorReason> due(long now, boolean timeToLiveOver, ImageLimits limits) {
    return Optional.empty();
  }

  @Override
  public Optional<MovingPickup> freeze(boolean cut, long now) {
    return Optional.empty();
  }

  @Override
  public GonePickup end(ErrorReason reason) {
    return new GonePickup(reason, claim());
  }

  @Override
  public boolean isDelivered() {
    return before.isDelivered();
  }

  @Override
  public boolean isLingering() {
    return false;
  }
}
