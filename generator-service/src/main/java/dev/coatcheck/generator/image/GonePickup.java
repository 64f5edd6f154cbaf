package dev.coatcheck.generator.image;

import dev.coatcheck.v1.ErrorReason;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The end of a pickup: nothing is held, and nothing is handed out.
 *
 * @param reason the answer to every later request
 * @param claim the last claimant, without a live stream
 */
public record GonePickup(ErrorReason reason, Claim claim) implements Pickup {

  public GonePickup {
    claim = claim.withLive(0);
  }

  @Override
  public Answer claim(
      ClaimRequest request, Supplier<String> freshProof, boolean stalled, long sizeBytes) {
    return new Answer.Refused(reason);
  }

  @Override
  public Pickup endStream(long epoch, long stream, long now) {
    return this;
  }

  @Override
  public Settled settle(StreamEnd end, long sizeBytes, long now) {
    return end.epoch() == claim.epoch() ? new Settled.Taken(this) : new Settled.Stale();
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
  public GonePickup end(ErrorReason later) {
    return this;
  }

  @Override
  public boolean isDelivered() {
    return reason == ErrorReason.IMAGE_DELIVERED;
  }

  @Override
  public boolean isLingering() {
    return false;
  }
}
