package dev.coatcheck.generator.image;

import dev.coatcheck.v1.ErrorReason;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The atomic cell that holds an image's present {@link Pickup}. Each method makes one transition,
 * or none, however many come at once.
 *
 * <p>What a transition depends on besides the record is read after it. A size that was read before
 * could be "not known yet" although the record was bound by it since; the word on a stream would
 * then take the image for not wholly handed out, and free it for the next.
 *
 * <p><b>Threading:</b> any thread; nothing waits.
 */
final class PickupCell {

  private final Clocks time;
  private final Supplier<String> proofs;
  private final LongSupplier sizeBytes;
  private final AtomicReference<Pickup> cell;

  /**
   * A cell with {@code first} in it.
   *
   * @param sizeBytes the image's size, or -1 while it is not known
   */
  PickupCell(Pickup first, Clocks time, Supplier<String> proofs, LongSupplier sizeBytes) {
    this.time = time;
    this.proofs = proofs;
    this.sizeBytes = sizeBytes;
    this.cell = new AtomicReference<>(first);
  }

  Pickup now() {
    return cell.get();
  }

  /**
   * Begins a stream, when it is granted.
   *
   * @param stalled tells of a record whether its live stream may be cut
   */
  Pickup.Answer claim(ClaimRequest request, Predicate<Pickup> stalled) {
    while (true) {
      Pickup seen = cell.get();
      Pickup.Answer answer = seen.claim(request, proofs, stalled.test(seen), sizeBytes.getAsLong());
      Pickup next =
          switch (answer) {
            case Pickup.Answer.Granted(ActivePickup granted, _) -> granted;
            case Pickup.Answer.PastEnd(ActivePickup acknowledged) -> acknowledged;
            case Pickup.Answer.Matched _,
                Pickup.Answer.Refused _,
                Pickup.Answer.InDoubt _,
                Pickup.Answer.Moving _ ->
                seen;
          };
      if (cell.compareAndSet(seen, next)) {
        return answer;
      }
    }
  }

  /** Records that bytes are about to leave. False when the stream was cut meanwhile. */
  boolean handOut(long epoch, long stream, RangeSet range) {
    while (true) {
      if (!(cell.get() instanceof ActivePickup seen) || !seen.isLive(epoch, stream)) {
        return false;
      }
      Pickup next = seen.handOut(epoch, stream, range, sizeBytes.getAsLong());
      if (cell.compareAndSet(seen, next)) {
        return true;
      }
    }
  }

  /** Ends a stream, if it is the live one. */
  void endStream(long epoch, long stream) {
    cell.updateAndGet(seen -> seen.endStream(epoch, stream, time.now()));
  }

  /** Takes the report on how a stream ended. */
  SettleAnswer settle(StreamEnd end) {
    while (true) {
      Pickup seen = cell.get();
      long size = sizeBytes.getAsLong();
      switch (seen.settle(end, size, time.now())) {
        case Pickup.Settled.Stale() -> {
          return SettleAnswer.STALE;
        }
        case Pickup.Settled.Moving() -> {
          return SettleAnswer.MOVING;
        }
        case Pickup.Settled.NeverHandedOut() -> {
          return SettleAnswer.NEVER_HANDED_OUT;
        }
        case Pickup.Settled.Taken(Pickup next) -> {
          if (cell.compareAndSet(seen, next)) {
            return next instanceof ActivePickup && next.isDelivered()
                ? SettleAnswer.DELIVERED
                : SettleAnswer.TAKEN;
          }
        }
      }
    }
  }

  /** Ends it, unless it is moving. True for the one who did. */
  boolean end(ErrorReason reason) {
    Pickup before =
        cell.getAndUpdate(seen -> seen instanceof ActivePickup active ? active.end(reason) : seen);
    return before instanceof ActivePickup;
  }

  /**
   * Freezes it, for a move.
   *
   * @param cut whether to cut a stream that is alive
   * @return the pickup that is in the cell now; empty when nothing changed
   */
  Optional<MovingPickup> freeze(boolean cut) {
    while (true) {
      Pickup seen = cell.get();
      Optional<MovingPickup> next = seen.freeze(cut, time.now());
      if (next.isEmpty() || cell.compareAndSet(seen, next.get())) {
        return next;
      }
    }
  }

  /** The move came to nothing. */
  void thaw(MovingPickup moving) {
    cell.compareAndSet(moving, moving.before());
  }

  /** Ends it, unless something happened since {@code seen}. True for the one who did. */
  boolean endIfStill(Pickup seen, ErrorReason reason) {
    return !(seen instanceof GonePickup) && cell.compareAndSet(seen, seen.end(reason));
  }
}
