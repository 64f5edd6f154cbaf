package dev.coatcheck.generator.image;

import dev.coatcheck.v1.ErrorReason;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The pickup of an image that can be read here: the rule of the house.
 *
 * <p>Two sets of bytes are kept apart. <i>Handed out</i> is what any stream was given and has not
 * since been settled as unwritten: what somebody <i>may</i> hold. <i>Covered</i> is what the
 * present claimant is known to hold: what its streams wrote, and what it says it holds by starting
 * behind it, which is a part of the former. The pickup is {@link Phase#BOUND} exactly while the
 * whole image is handed out, and {@link Phase#DELIVERED} once it is covered; so, whatever breaks,
 * nobody else can be given the last byte while somebody may already have it. A boolean "delivered"
 * was rejected: between the last byte and its settlement, it is wrong either way.
 *
 * @param phase see there
 * @param singleClaimant true when it is bound by its first byte, and for good
 * @param claim the present claimant; {@link Claim#NONE} before the first
 * @param handedBefore handed out by streams that were settled, or that belonged to an earlier epoch
 * @param quietSince when the last stream ended, or the phase began, in monotonic nanoseconds
 */
public record ActivePickup(
    Phase phase, boolean singleClaimant, Claim claim, RangeSet handedBefore, long quietSince)
    implements Pickup {

  /** How far it has come. Each may also end, as {@link GonePickup}, or move. */
  public enum Phase {
    /** Never claimed. Then {@link #CLAIMED}. */
    OPEN,
    /** Somebody has begun. Then {@link #BOUND}, or {@link #CLAIMED} by another. */
    CLAIMED,
    /**
     * All is handed out; of a single claimant's image, a byte. Then {@link #DELIVERED}, or, unless
     * there is a single claimant, back to {@link #CLAIMED}.
     */
    BOUND,
    /** The claimant holds it all, and may read it again for a while. */
    DELIVERED
  }

  @Override
  public Answer claim(
      ClaimRequest request, Supplier<String> freshProof, boolean stalled, long sizeBytes) {
    boolean proven = request.proofs().stream().anyMatch(claim::isProvenBy);
    if (request.excludes(claim, proven)) {
      return new Answer.Matched(claim.proof());
    }
    if (!proven && phase == Phase.DELIVERED) {
      return new Answer.Refused(ErrorReason.IMAGE_DELIVERED);
    }
    if (!proven && request.use() == ClaimRequest.Use.REQUIRED) {
      return new Answer.Refused(ErrorReason.ETAG_MISMATCH);
    }
    if (!proven && phase == Phase.BOUND) {
      return new Answer.InDoubt();
    }
    if (!proven && claim.liveStream() != 0 && !stalled) {
      return new Answer.Refused(ErrorReason.IMAGE_CLAIMED);
    }
    RequestedRange section = request.section(proven);
    RangeSet holds = handedOut().before(section.offset());
    if (section.isPastEnd(sizeBytes)) {
      return new Answer.PastEnd(
          proven && section.offset() == sizeBytes ? holdingAll(sizeBytes) : this);
    }
    Claim next = proven ? claim.holding(holds) : claim.next(freshProof.get(), holds);
    return new Answer.Granted(
        new ActivePickup(
            phase == Phase.OPEN ? Phase.CLAIMED : phase,
            singleClaimant,
            next.nextStream(),
            proven ? handedBefore : handedOut(),
            quietSince),
        section);
  }

  /**
   * The claimant holds the image to its end, by its own word. That may be so although the last byte
   * was given back: a connection that breaks behind it says nothing of what its client has read.
   */
  private ActivePickup holdingAll(long sizeBytes) {
    RangeSet given = handedOut().before(sizeBytes);
    RangeSet withLastByte = given.plus(RangeSet.of(sizeBytes - 1, sizeBytes));
    return withLastByte.isWhole(sizeBytes)
        ? with(Phase.DELIVERED, claim.holding(withLastByte))
        : with(phase, claim.holding(given));
  }

  /**
   * Records that bytes are about to leave on the live stream, before they do.
   *
   * @param sizeBytes the image's size, or -1 while it is not known
   */
  ActivePickup handOut(long epoch, long stream, RangeSet range, long sizeBytes) {
    if (!isLive(epoch, stream)) {
      throw new IllegalStateException("stream " + stream + " of epoch " + epoch + " was cut");
    }
    if (phase == Phase.DELIVERED) {
      return this; // a re-read changes nothing
    }
    ActivePickup next = with(phase, claim.handOut(stream, range));
    return singleClaimant || next.handedOut().isWhole(sizeBytes)
        ? next.with(Phase.BOUND, next.claim)
        : next;
  }

  @Override
  public ActivePickup endStream(long epoch, long stream, long now) {
    return isLive(epoch, stream)
        ? new ActivePickup(phase, singleClaimant, claim.withLive(0), handedBefore, now)
        : this;
  }

  /**
   * {@inheritDoc}
   *
   * <p>A broken stream that was given the image's last byte gives it back, if all is handed out:
   * that byte is known not to be received, so that the next claimant may have it.
   */
  @Override
  public Settled settle(StreamEnd end, long sizeBytes, long now) {
    if (phase == Phase.DELIVERED) {
      return end.epoch() == claim.epoch() ? new Settled.Taken(this) : new Settled.Stale();
    }
    if (end.epoch() != claim.epoch() || end.stream() < 1 || end.stream() > claim.lastStream()) {
      return new Settled.Stale();
    }
    RangeSet given = claim.unsettled().get(end.stream());
    if (given == null) {
      return new Settled.Taken(this);
    }
    if (!given.contains(end.inDoubt())) {
      return new Settled.NeverHandedOut();
    }
    Claim settled = claim.settled(end.stream(), end.received());
    ActivePickup next = settled(settled, end.inDoubt(), now);
    if (end.broken() && next.handedOut().isWhole(sizeBytes)) {
      RangeSet lastByte = RangeSet.of(sizeBytes - 1, sizeBytes);
      next = settled(settled, end.inDoubt().minus(lastByte), now);
    }
    if (settled.covered().isWhole(sizeBytes)) {
      return new Settled.Taken(next.with(Phase.DELIVERED, settled));
    }
    return new Settled.Taken(
        phase == Phase.BOUND && !singleClaimant && !next.handedOut().isWhole(sizeBytes)
            ? next.with(Phase.CLAIMED, settled)
            : next);
  }

  private ActivePickup settled(Claim settled, RangeSet inDoubt, long now) {
    return new ActivePickup(phase, singleClaimant, settled, handedBefore.plus(inDoubt), now);
  }

  @Override
  public Optional<ErrorReason> due(long now, boolean timeToLiveOver, ImageLimits limits) {
    if (claim.liveStream() != 0) {
      return Optional.empty();
    }
    long quiet = now - quietSince;
    boolean expired = timeToLiveOver && quiet >= limits.resumeWithin().toNanos();
    return switch (phase) {
      case OPEN -> timeToLiveOver ? Optional.of(ErrorReason.IMAGE_EXPIRED) : Optional.empty();
      case CLAIMED -> expired ? Optional.of(ErrorReason.IMAGE_EXPIRED) : Optional.empty();
      // In doubt counts as delivered.
      case BOUND -> expired ? Optional.of(ErrorReason.IMAGE_DELIVERED) : Optional.empty();
      case DELIVERED ->
          quiet >= limits.linger().toNanos()
              ? Optional.of(ErrorReason.IMAGE_DELIVERED)
              : Optional.empty();
    };
  }

  @Override
  public Optional<MovingPickup> freeze(boolean cut, long now) {
    if (claim.liveStream() == 0) {
      return Optional.of(new MovingPickup(this));
    }
    return cut
        ? Optional.of(new MovingPickup(endStream(claim.epoch(), claim.liveStream(), now)))
        : Optional.empty();
  }

  @Override
  public GonePickup end(ErrorReason reason) {
    return new GonePickup(reason, claim);
  }

  @Override
  public boolean isDelivered() {
    return phase == Phase.DELIVERED;
  }

  @Override
  public boolean isLingering() {
    return phase == Phase.DELIVERED && claim.liveStream() == 0;
  }

  /** What somebody may hold; whatever else is said, also what the claimant says it holds. */
  RangeSet handedOut() {
    return handedBefore.plus(claim.covered()).plus(claim.inDoubt());
  }

  private ActivePickup with(Phase nextPhase, Claim nextClaim) {
    return new ActivePickup(nextPhase, singleClaimant, nextClaim, handedBefore, quietSince);
  }
}
