package dev.coatcheck.generator.image;

import dev.coatcheck.v1.ErrorReason;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The consumer's side of an image: who is picking it up, how far they got, and what may happen
 * next. An immutable record; an {@link Image} holds the present one in an atomic cell, and every
 * transition is a pure function that gives the next one, the same one when nothing changes, or a
 * refusal.
 *
 * <p>Two sets of bytes are kept apart. <i>Handed out</i> is what any stream was given and has not
 * since been settled as unwritten: what somebody <i>may</i> hold. <i>Covered</i> is what the
 * present claimant is known to hold. The pickup is {@link Phase#BOUND} exactly while the whole
 * image is handed out, and {@link Phase#DELIVERED} once it is covered; so, whatever breaks, nobody
 * else can be given the last byte while somebody may already have it. A boolean "delivered" was
 * rejected: between the last byte and the word that it was written, it is wrong either way.
 *
 * @param phase see there
 * @param claim the present claimant; {@link Claim#NONE} before the first
 * @param handedBefore handed out by streams that were settled, or that belonged to an earlier epoch
 * @param quietSince when the last stream ended, or the phase began, in monotonic nanoseconds
 * @param ending why it is gone; {@code ERROR_REASON_UNSPECIFIED} before
 */
record Pickup(
    Phase phase, Claim claim, Coverage handedBefore, long quietSince, ErrorReason ending) {

  /** Where a pickup stands. */
  enum Phase {
    /** Never claimed. Then {@link #CLAIMED} or {@link #GONE}. */
    OPEN,
    /** Somebody has begun. Then {@link #BOUND}, {@link #CLAIMED} by another, or {@link #GONE}. */
    CLAIMED,
    /** All is handed out. Then {@link #DELIVERED}, back to {@link #CLAIMED}, or {@link #GONE}. */
    BOUND,
    /** The claimant holds it all, and may read it again for a while. Then {@link #GONE}. */
    DELIVERED,
    /** The end: nothing is held, and nothing is handed out. */
    GONE
  }

  /**
   * One claimant.
   *
   * @param epoch 1 for the first claimant, one more for each next
   * @param proof what the claimant shows to go on; secret
   * @param lastStream the number of the newest stream
   * @param liveStream the number of the stream that runs; 0 for none
   * @param covered what the claimant is known to hold
   * @param unsettled what each stream of this epoch was given that has not been settled
   */
  record Claim(
      long epoch,
      String proof,
      long lastStream,
      long liveStream,
      Coverage covered,
      Map<Long, Coverage> unsettled) {

    static final Claim NONE = new Claim(0, "", 0, 0, Coverage.NONE, Map.of());

    Claim {
      unsettled = Map.copyOf(unsettled);
    }

    private Claim nextStream() {
      long stream = lastStream + 1;
      Map<Long, Coverage> streams = new HashMap<>(unsettled);
      streams.put(stream, Coverage.NONE);
      return new Claim(epoch, proof, stream, stream, covered, streams);
    }

    private Claim withLive(long stream) {
      return new Claim(epoch, proof, lastStream, stream, covered, unsettled);
    }

    private Claim handOut(long stream, Coverage range) {
      Map<Long, Coverage> streams = new HashMap<>(unsettled);
      streams.merge(stream, range, Coverage::plus);
      return new Claim(epoch, proof, lastStream, liveStream, covered, streams);
    }

    private Claim settled(long stream, Coverage written) {
      Map<Long, Coverage> streams = new HashMap<>(unsettled);
      streams.remove(stream);
      long live = liveStream == stream ? 0 : liveStream;
      return new Claim(epoch, proof, lastStream, live, covered.plus(written), streams);
    }
  }

  /** What a request to pick up is answered. */
  sealed interface Answer {
    /** It may begin, as {@code next.claim().liveStream()}. */
    record Granted(Pickup next) implements Answer {}

    /** Not now, or never. */
    record Refused(ErrorReason reason) implements Answer {}

    /** Somebody may have it in full; the answer follows from the settlement. */
    record InDoubt() implements Answer {}
  }

  /** What a settlement is answered. */
  sealed interface Settled {
    /** It was taken, now or before. */
    record Taken(Pickup next) implements Settled {}

    /** Another claimant has come since. */
    record Stale() implements Settled {}

    /** The stream was never given what it is said to have written. */
    record NeverHandedOut() implements Settled {}
  }

  static Pickup open(long now) {
    return new Pickup(
        Phase.OPEN, Claim.NONE, Coverage.NONE, now, ErrorReason.ERROR_REASON_UNSPECIFIED);
  }

  /**
   * A download begins.
   *
   * @param proof what the request shows; empty for the key alone
   * @param freshProof makes the proof of a new claim
   */
  Answer claim(String proof, Supplier<String> freshProof) {
    boolean proven = !proof.isEmpty() && proof.equals(claim.proof);
    return switch (phase) {
      case OPEN -> newClaim(freshProof);
      case CLAIMED -> {
        if (proven) {
          yield nextStream();
        }
        yield claim.liveStream == 0
            ? newClaim(freshProof)
            : new Answer.Refused(ErrorReason.IMAGE_CLAIMED);
      }
      case BOUND -> proven ? nextStream() : new Answer.InDoubt();
      case DELIVERED -> proven ? nextStream() : new Answer.Refused(ErrorReason.IMAGE_DELIVERED);
      case GONE -> new Answer.Refused(ending);
    };
  }

  private Answer newClaim(Supplier<String> freshProof) {
    Claim fresh = new Claim(claim.epoch + 1, freshProof.get(), 0, 0, Coverage.NONE, Map.of());
    return new Answer.Granted(
        new Pickup(Phase.CLAIMED, fresh.nextStream(), handedOut(), quietSince, ending));
  }

  private Answer nextStream() {
    return new Answer.Granted(with(phase, claim.nextStream()));
  }

  /** True while {@code stream} may be given bytes. */
  boolean isLive(long epoch, long stream) {
    return phase != Phase.GONE && claim.epoch == epoch && claim.liveStream == stream;
  }

  /**
   * Bytes are about to leave on the live stream. Recorded before they do.
   *
   * @param sizeBytes the image's size, or -1 while it is not known
   */
  Pickup handOut(long epoch, long stream, Coverage range, long sizeBytes) {
    if (!isLive(epoch, stream)) {
      throw new IllegalStateException("stream " + stream + " of epoch " + epoch + " was cut");
    }
    if (phase == Phase.DELIVERED) {
      return this; // a re-read changes nothing
    }
    Pickup next = with(phase, claim.handOut(stream, range));
    return next.handedOut().isWhole(sizeBytes) ? next.with(Phase.BOUND, next.claim) : next;
  }

  /** A stream has ended, however. The next one may begin. */
  Pickup endStream(long epoch, long stream, long now) {
    return isLive(epoch, stream)
        ? new Pickup(phase, claim.withLive(0), handedBefore, now, ending)
        : this;
  }

  /**
   * The word on how far a stream got, which ends the stream. Taken once for each stream of the
   * present epoch; the same word again changes nothing.
   *
   * @param written what certainly went out, which the claimant now holds
   * @param perhaps what may have gone out, and so stays handed out; contains {@code written}
   * @param sizeBytes the image's size, or -1 while it is not known
   */
  Settled settle(
      long epoch, long stream, Coverage written, Coverage perhaps, long sizeBytes, long now) {
    if (phase == Phase.GONE || phase == Phase.DELIVERED) {
      return epoch == claim.epoch ? new Settled.Taken(this) : new Settled.Stale();
    }
    if (epoch != claim.epoch || stream < 1 || stream > claim.lastStream) {
      return new Settled.Stale();
    }
    Coverage given = claim.unsettled.get(stream);
    if (given == null) {
      return new Settled.Taken(this);
    }
    if (!given.contains(perhaps)) {
      return new Settled.NeverHandedOut();
    }
    Claim settled = claim.settled(stream, written);
    Pickup next = new Pickup(phase, settled, handedBefore.plus(perhaps), now, ending);
    if (settled.covered.isWhole(sizeBytes)) {
      return new Settled.Taken(next.with(Phase.DELIVERED, settled));
    }
    return new Settled.Taken(
        phase == Phase.BOUND && !next.handedOut().isWhole(sizeBytes)
            ? next.with(Phase.CLAIMED, settled)
            : next);
  }

  /**
   * Why it should end now, if it should; never while a stream is alive.
   *
   * @param timeToLiveOver true when the complete image has been held for long enough
   */
  Optional<ErrorReason> due(long now, boolean timeToLiveOver, ImageLimits limits) {
    if (claim.liveStream != 0) {
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
      case GONE -> Optional.empty();
    };
  }

  /** It ends. */
  Pickup end(ErrorReason reason) {
    return phase == Phase.GONE
        ? this
        : new Pickup(Phase.GONE, claim.withLive(0), handedBefore, quietSince, reason);
  }

  /** True once the claimant was known to hold it all. */
  boolean isDelivered() {
    return phase == Phase.DELIVERED || ending == ErrorReason.IMAGE_DELIVERED;
  }

  /** True while it is only kept for a re-read that has not begun. */
  boolean isLingering() {
    return phase == Phase.DELIVERED && claim.liveStream == 0;
  }

  /** What somebody may hold. */
  Coverage handedOut() {
    Coverage sum = handedBefore;
    for (Coverage given : claim.unsettled.values()) {
      sum = sum.plus(given);
    }
    return sum;
  }

  private Pickup with(Phase nextPhase, Claim nextClaim) {
    return new Pickup(nextPhase, nextClaim, handedBefore, quietSince, ending);
  }
}
