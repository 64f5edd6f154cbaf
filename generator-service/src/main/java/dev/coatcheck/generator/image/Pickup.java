package dev.coatcheck.generator.image;

import dev.coatcheck.v1.ErrorReason;
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
 * present claimant is known to hold: what its streams wrote, and what it says it holds by starting
 * behind it, which is a part of the former. The pickup is {@link Phase#BOUND} exactly while the
 * whole image is handed out, and {@link Phase#DELIVERED} once it is covered; so, whatever breaks,
 * nobody else can be given the last byte while somebody may already have it. A boolean "delivered"
 * was rejected: between the last byte and the word that it was written, it is wrong either way.
 *
 * @param phase see there
 * @param singleClaimant true when it is bound by its first byte, and for good
 * @param claim the present claimant; {@link Claim#NONE} before the first
 * @param handedBefore handed out by streams that were settled, or that belonged to an earlier epoch
 * @param quietSince when the last stream ended, or the phase began, in monotonic nanoseconds
 * @param ending why it is gone; {@code ERROR_REASON_UNSPECIFIED} before
 * @param frozen what it was before {@link Phase#MOVING}, and is again if the move comes to nothing;
 *     empty in any other phase
 */
public record Pickup(
    Phase phase,
    boolean singleClaimant,
    Claim claim,
    Coverage handedBefore,
    long quietSince,
    ErrorReason ending,
    Optional<Pickup> frozen) {

  /** Where a pickup stands. */
  public enum Phase {
    /** Never claimed. Then {@link #CLAIMED}, {@link #MOVING} or {@link #GONE}. */
    OPEN,
    /**
     * Somebody has begun. Then {@link #BOUND}, {@link #CLAIMED} by another, {@link #MOVING} or
     * {@link #GONE}.
     */
    CLAIMED,
    /**
     * All is handed out; of a single claimant's image, a byte. Then {@link #DELIVERED}, {@link
     * #MOVING}, {@link #GONE}, or, unless there is a single claimant, back to {@link #CLAIMED}.
     */
    BOUND,
    /**
     * The claimant holds it all, and may read it again for a while. Then {@link #MOVING} or {@link
     * #GONE}.
     */
    DELIVERED,
    /**
     * It is on its way to another generator: nobody is served, and nothing changes. Then {@link
     * #GONE}, or what it was before.
     */
    MOVING,
    /** The end: nothing is held, and nothing is handed out. */
    GONE
  }

  /** What a request to pick up is answered. */
  sealed interface Answer {
    /** It may begin, as {@code next.claim().liveStream()}, with that section. */
    record Granted(Pickup next, Section section) implements Answer {}

    /** There is nothing to send, since the section begins at the image's end or past it. */
    record PastEnd(Pickup next) implements Answer {}

    /** The present claim, which {@code proof} is of, is one that the request excludes. */
    record Matched(String proof) implements Answer {}

    /** Not now, or never. */
    record Refused(ErrorReason reason) implements Answer {}

    /** Somebody may have it in full; the answer follows from the settlement. */
    record InDoubt() implements Answer {}

    /** It is on its way to another generator; the answer follows from how that ends. */
    record Moving() implements Answer {}
  }

  /** What a settlement is answered. */
  sealed interface Settled {
    /** It was taken, now or before. */
    record Taken(Pickup next) implements Settled {}

    /** Another claimant has come since. */
    record Stale() implements Settled {}

    /** It is on its way to another generator; nothing changes until that has ended. */
    record Moving() implements Settled {}

    /** The stream was never given what it is said to have written. */
    record NeverHandedOut() implements Settled {}
  }

  Pickup(
      Phase phase,
      boolean singleClaimant,
      Claim claim,
      Coverage handedBefore,
      long quietSince,
      ErrorReason ending) {
    this(phase, singleClaimant, claim, handedBefore, quietSince, ending, Optional.empty());
  }

  /**
   * What another generator froze, to go on here.
   *
   * @param quietSince when the last stream ended, by this process's clock
   */
  public static Pickup arrived(
      Phase phase, boolean singleClaimant, Claim claim, Coverage handedBefore, long quietSince) {
    return new Pickup(
        phase,
        singleClaimant,
        claim,
        handedBefore,
        quietSince,
        ErrorReason.ERROR_REASON_UNSPECIFIED);
  }

  static Pickup open(boolean singleClaimant, long now) {
    return new Pickup(
        Phase.OPEN,
        singleClaimant,
        Claim.NONE,
        Coverage.NONE,
        now,
        ErrorReason.ERROR_REASON_UNSPECIFIED);
  }

  /**
   * A download begins. Where it starts says what its claimant holds already, as far as that was
   * handed out, to whomever.
   *
   * @param freshProof makes the proof of a new claim
   * @param stalled true when the live stream has made no progress for so long that it may be cut
   * @param sizeBytes the image's size, or -1 while it is not known
   */
  Answer claim(ClaimRequest request, Supplier<String> freshProof, boolean stalled, long sizeBytes) {
    boolean proven = request.proofs().stream().anyMatch(claim::isProvenBy);
    if (phase == Phase.GONE) {
      return new Answer.Refused(ending);
    }
    if (phase == Phase.MOVING) {
      return new Answer.Moving();
    }
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
    Section section = request.section(proven);
    Coverage holds = handedOut().before(section.offset());
    if (section.isPastEnd(sizeBytes)) {
      return new Answer.PastEnd(
          proven && section.offset() == sizeBytes ? holdingAll(sizeBytes) : this);
    }
    Claim next = proven ? claim.holding(holds) : claim.next(freshProof.get(), holds);
    return new Answer.Granted(
        new Pickup(
            phase == Phase.OPEN ? Phase.CLAIMED : phase,
            singleClaimant,
            next.nextStream(),
            proven ? handedBefore : handedOut(),
            quietSince,
            ending),
        section);
  }

  /**
   * The claimant says that it has the image to its end. That may be so although the last byte was
   * given back: a connection that breaks behind it says nothing of what its client has read.
   */
  private Pickup holdingAll(long sizeBytes) {
    Coverage given = handedOut().before(sizeBytes);
    Coverage withLastByte = given.plus(Coverage.of(sizeBytes - 1, sizeBytes));
    return withLastByte.isWhole(sizeBytes)
        ? with(Phase.DELIVERED, claim.holding(withLastByte))
        : with(phase, claim.holding(given));
  }

  /** True while {@code stream} may be given bytes. */
  boolean isLive(long epoch, long stream) {
    return phase != Phase.GONE && claim.epoch() == epoch && claim.liveStream() == stream;
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
    return singleClaimant || next.handedOut().isWhole(sizeBytes)
        ? next.with(Phase.BOUND, next.claim)
        : next;
  }

  /** A stream has ended, however. The next one may begin. */
  Pickup endStream(long epoch, long stream, long now) {
    return isLive(epoch, stream)
        ? new Pickup(phase, singleClaimant, claim.withLive(0), handedBefore, now, ending)
        : this;
  }

  /**
   * Takes the report on how a stream ended, which ends the stream if it still runs. Taken once for
   * each stream of the present epoch; the same report again changes nothing.
   *
   * <p>A broken stream that was given the image's last byte gives it back, if all is handed out:
   * that byte is known not to be received, so that the next claimant may have it.
   *
   * @param sizeBytes the image's size, or -1 while it is not known
   */
  Settled settle(StreamEnd end, long sizeBytes, long now) {
    if (phase == Phase.MOVING) {
      return new Settled.Moving();
    }
    if (phase == Phase.GONE || phase == Phase.DELIVERED) {
      return end.epoch() == claim.epoch() ? new Settled.Taken(this) : new Settled.Stale();
    }
    if (end.epoch() != claim.epoch() || end.stream() < 1 || end.stream() > claim.lastStream()) {
      return new Settled.Stale();
    }
    Coverage given = claim.unsettled().get(end.stream());
    if (given == null) {
      return new Settled.Taken(this);
    }
    if (!given.contains(end.inDoubt())) {
      return new Settled.NeverHandedOut();
    }
    Claim settled = claim.settled(end.stream(), end.received());
    Pickup next = settled(settled, end.inDoubt(), now);
    if (end.broken() && next.handedOut().isWhole(sizeBytes)) {
      Coverage lastByte = Coverage.of(sizeBytes - 1, sizeBytes);
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

  private Pickup settled(Claim settled, Coverage inDoubt, long now) {
    return new Pickup(phase, singleClaimant, settled, handedBefore.plus(inDoubt), now, ending);
  }

  /**
   * Why it should end now, if it should; never while a stream is alive.
   *
   * @param timeToLiveOver true when the complete image has been held for long enough
   */
  Optional<ErrorReason> due(long now, boolean timeToLiveOver, ImageLimits limits) {
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
      case MOVING, GONE -> Optional.empty();
    };
  }

  /**
   * Nobody is served from now on, until it has moved or {@link #frozen} is put back.
   *
   * @param cut whether to cut a stream that is alive
   * @return empty when a stream is alive and goes on, or there is nothing to freeze
   */
  Optional<Pickup> freeze(boolean cut, long now) {
    if (phase == Phase.MOVING || phase == Phase.GONE || (claim.liveStream() != 0 && !cut)) {
      return Optional.empty();
    }
    Pickup before =
        claim.liveStream() == 0 ? this : endStream(claim.epoch(), claim.liveStream(), now);
    return Optional.of(
        new Pickup(
            Phase.MOVING,
            singleClaimant,
            before.claim,
            handedBefore,
            before.quietSince,
            ending,
            Optional.of(before)));
  }

  /** It ends. */
  Pickup end(ErrorReason reason) {
    return phase == Phase.GONE
        ? this
        : new Pickup(
            Phase.GONE, singleClaimant, claim.withLive(0), handedBefore, quietSince, reason);
  }

  /** True once the claimant was known to hold it all. */
  boolean isDelivered() {
    return phase == Phase.DELIVERED
        || ending == ErrorReason.IMAGE_DELIVERED
        || frozen.map(Pickup::isDelivered).orElse(false);
  }

  /** True while it is only kept for a re-read that has not begun. */
  boolean isLingering() {
    return phase == Phase.DELIVERED && claim.liveStream() == 0;
  }

  /** What somebody may hold; whatever else is said, also what the claimant says it holds. */
  Coverage handedOut() {
    return handedBefore.plus(claim.covered()).plus(claim.inDoubt());
  }

  private Pickup with(Phase nextPhase, Claim nextClaim) {
    return new Pickup(nextPhase, singleClaimant, nextClaim, handedBefore, quietSince, ending);
  }
}
