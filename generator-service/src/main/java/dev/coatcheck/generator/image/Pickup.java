package dev.coatcheck.generator.image;

import dev.coatcheck.v1.ErrorReason;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The consumer's side of an image: who is picking it up, how far they got, and what may happen
 * next. An immutable value; an {@link Image} holds the present one in an atomic cell, and every
 * transition is a pure function that returns the next one, the same one when nothing changes, or a
 * refusal.
 *
 * <p>A pickup is {@link ActivePickup} from the start, {@link MovingPickup} while the image is on
 * its way to another generator, and {@link GonePickup} at the end. Each has only what is true in
 * it: a moving or a gone pickup has no live stream, and hands out nothing.
 */
public sealed interface Pickup permits ActivePickup, MovingPickup, GonePickup {

  /** The outcome of a request to pick up. */
  sealed interface Answer {
    /** It may begin, as {@code next.claim().liveStream()}, with that section. */
    record Granted(ActivePickup next, RequestedRange section) implements Answer {}

    /** There is nothing to send, since the section begins at the image's end or past it. */
    record PastEnd(ActivePickup next) implements Answer {}

    /** The present claim, which {@code proof} is of, is one that the request excludes. */
    record Matched(String proof) implements Answer {}

    /** Not now, or never. */
    record Refused(ErrorReason reason) implements Answer {}

    /** Somebody may have it in full; the answer follows from the settlement. */
    record InDoubt() implements Answer {}

    /** It is on its way to another generator; the answer follows from how that ends. */
    record Moving() implements Answer {}
  }

  /** The outcome of a settlement. */
  sealed interface Settled {
    /** It was taken, now or before. */
    record Taken(Pickup next) implements Settled {}

    /** Another claimant has come since. */
    record Stale() implements Settled {}

    /** It is on its way to another generator; nothing changes until that has ended. */
    record Moving() implements Settled {}

    /** The settlement has bytes that the stream was never given. */
    record NeverHandedOut() implements Settled {}
  }

  /** The pickup of a new image. */
  static ActivePickup open(boolean singleClaimant, long now) {
    return new ActivePickup(
        ActivePickup.Phase.OPEN, singleClaimant, Claim.NONE, RangeSet.NONE, now);
  }

  /** The present claimant, or the last one; {@link Claim#NONE} before the first. */
  Claim claim();

  /**
   * Begins a download. Its offset says what its claimant holds already, as far as that was handed
   * out, to whomever.
   *
   * @param freshProof makes the proof of a new claim
   * @param stalled true when the live stream has made no progress for so long that it may be cut
   * @param sizeBytes the image's size, or -1 while it is not known
   */
  Answer claim(ClaimRequest request, Supplier<String> freshProof, boolean stalled, long sizeBytes);

  /** True while {@code stream} may be given bytes. */
  default boolean isLive(long epoch, long stream) {
    return claim().epoch() == epoch && claim().liveStream() == stream;
  }

  /** Ends a stream, if it is the live one. The next one may begin. */
  Pickup endStream(long epoch, long stream, long now);

  /**
   * Takes the report on how a stream ended, which ends the stream if it still runs. Taken once for
   * each stream of the present epoch; the same report again changes nothing.
   *
   * @param sizeBytes the image's size, or -1 while it is not known
   */
  Settled settle(StreamEnd end, long sizeBytes, long now);

  /**
   * The reason to end it now, if there is one; there is none while a stream is alive.
   *
   * @param timeToLiveOver true when the complete image has been held for long enough
   */
  Optional<ErrorReason> due(long now, boolean timeToLiveOver, ImageLimits limits);

  /**
   * Freezes it, so that nobody is served until it has moved or {@link MovingPickup#before} is put
   * back.
   *
   * @param cut whether to cut a stream that is alive
   * @return empty when a stream is alive and goes on, or there is nothing to freeze
   */
  Optional<MovingPickup> freeze(boolean cut, long now);

  /** Ends it; the first reason stays. */
  GonePickup end(ErrorReason reason);

  /** True once the claimant was known to hold it all. */
  boolean isDelivered();

  /** True while it is only kept for a re-read that has not begun. */
  boolean isLingering();
}
