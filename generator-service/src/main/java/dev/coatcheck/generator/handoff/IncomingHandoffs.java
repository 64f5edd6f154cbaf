package dev.coatcheck.generator.handoff;

import dev.coatcheck.generator.image.Clocks;
import dev.coatcheck.generator.image.Image;
import dev.coatcheck.generator.image.ImageId;
import dev.coatcheck.generator.image.ImageSnapshot;
import dev.coatcheck.generator.image.ImageStore;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.image.ServiceException;
import dev.coatcheck.generator.rpc.IdempotencyIndex;
import dev.coatcheck.kit.sweep.Sweep;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.TransferredImage;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images that other generators hand over to this one: those that are arriving, and how the
 * others ended. A transfer is offered, then begun, then stored or aborted, each once, whatever is
 * repeated or comes late.
 *
 * <p><b>Threading:</b> any thread; each step takes its turn, and none blocks. Bytes are taken under
 * the {@link IncomingHandoff}'s own lock.
 */
public final class IncomingHandoffs {

  private static final Logger log = LoggerFactory.getLogger(IncomingHandoffs.class);
  private static final int MAX_ARRIVING = 8;
  private static final Duration SILENCE = Duration.ofSeconds(10);
  private static final Duration BUSY_RETRY = Duration.ofSeconds(1);

  /** What an owner is told that asks for its image back. */
  enum Word {
    /** There is no copy here, and there will be none. */
    ABORTED,
    /** It stays here. */
    KEPT
  }

  private final long incarnation;
  private final ImageStore store;
  private final IdempotencyIndex requestIds;
  private final Clocks time;
  private final BooleanSupplier draining;

  // state: guarded by this
  private final Map<HandoffId, IncomingHandoff> arriving = new HashMap<>();
  private final HandoffHistory ledger = new HandoffHistory();

  /**
   * Takes images into {@code store}.
   *
   * @param draining true once this generator hands its own images over
   */
  public IncomingHandoffs(
      long incarnation,
      ImageStore store,
      IdempotencyIndex requestIds,
      Clocks time,
      BooleanSupplier draining) {
    this.incarnation = incarnation;
    this.store = store;
    this.requestIds = requestIds;
    this.time = time;
    this.draining = draining;
  }

  /**
   * Sets memory aside.
   *
   * @throws ServiceException with nothing changed
   */
  synchronized void offer(HandoffId transfer, ImageId id, long sizeBytes) {
    if (transfer.owner() == incarnation) {
      throw HandoffMessages.invalid("transfer.owner", "this generator", "another one");
    }
    if (transfer.number() < 1 || sizeBytes < 1) {
      throw HandoffMessages.invalid(
          transfer.number() < 1 ? "transfer.number" : "size_bytes",
          Long.toString(Math.min(transfer.number(), sizeBytes)),
          "> 0");
    }
    IncomingHandoff known = arriving.get(transfer);
    if (known != null) {
      requireSame(known.id(), id);
      return;
    }
    switch (ledger.find(transfer)) {
      case HandoffHistory.Ending.Stored(Image image, _) -> {
        requireSame(image.id(), id);
        return;
      }
      case HandoffHistory.Ending.None() -> {}
      case HandoffHistory.Ending.Aborted _,
          HandoffHistory.Ending.Kept _,
          HandoffHistory.Ending.Forgotten _ ->
          throw aborted(transfer, "it has ended");
    }
    if (draining.getAsBoolean()) {
      throw busy("This generator is about to stop and takes no images.");
    }
    if (arriving.size() >= MAX_ARRIVING) {
      throw busy(MAX_ARRIVING + " images are arriving already.");
    }
    if (isArriving(id)) {
      throw HandoffMessages.invalid("image_id", id.toString(), "an image that is not arriving");
    }
    arriving.put(
        transfer,
        new IncomingHandoff(transfer, id, sizeBytes, store.arrive(id, sizeBytes), time.now()));
  }

  private static void requireSame(ImageId known, ImageId id) {
    if (!known.equals(id)) {
      throw HandoffMessages.invalid("image_id", id.toString(), known + ", as it was offered");
    }
  }

  /**
   * Begins a copy.
   *
   * @return empty when it was stored before
   * @throws ServiceException if it was not offered, has ended, or makes no sense, which ends it
   */
  synchronized Optional<IncomingHandoff> begin(
      HandoffId transfer, long meant, TransferredImage message) {
    if (meant != incarnation) {
      throw aborted(transfer, "another run of this process was meant");
    }
    if (ledger.find(transfer) instanceof HandoffHistory.Ending.Stored) {
      return Optional.empty();
    }
    IncomingHandoff arrival = arriving.get(transfer);
    if (arrival == null) {
      throw aborted(transfer, "it was not offered, or has ended");
    }
    try {
      ImageSnapshot frozen = HandoffMessages.frozen(message, time);
      HandoffMessages.requireRequestOf(arrival.id(), message);
      if (!arrival.tryBegin(message, frozen, time.now())) {
        throw aborted(transfer, "it was begun before");
      }
    } catch (RuntimeException e) {
      boolean begunBefore =
          e instanceof ServiceException refused
              && refused.refusal().reason() == ErrorReason.TRANSFER_ABORTED;
      if (!begunBefore) {
        abort(arrival, "its description was refused");
      }
      throw e;
    }
    return Optional.of(arrival);
  }

  /**
   * All of it has come.
   *
   * @throws ServiceException if it is not what was said, or was aborted meanwhile
   */
  synchronized void store(IncomingHandoff arrival) {
    HandoffId transfer = arrival.transfer();
    if (arriving.get(transfer) != arrival) {
      throw aborted(transfer, "it was aborted");
    }
    Image image = arrival.store();
    arriving.remove(transfer);
    ledger.put(transfer, new HandoffHistory.Ending.Stored(image, arrival.said().pickup()));
    if (arrival.message().hasRequest()) {
      requestIds.adopt(arrival.message().getRequest());
    }
    image.addListener(() -> {
      if (image.isGone()) {
        gone(transfer, image);
      }
    });
    log.info("image {}: came from another generator, {} bytes", image.id(), arrival.sizeBytes());
  }

  /** What is not held any more need not be kept for the ledger. */
  private synchronized void gone(HandoffId transfer, Image image) {
    if (ledger.find(transfer) instanceof HandoffHistory.Ending.Stored stored
        && stored.image() == image) {
      ledger.put(transfer, new HandoffHistory.Ending.Kept());
    }
  }

  /** The copy broke off, or was refused. */
  synchronized void abort(IncomingHandoff arrival, String why) {
    if (arriving.remove(arrival.transfer(), arrival)) {
      log.info("image {}: its copy came to nothing: {}", arrival.id(), why);
      ledger.put(arrival.transfer(), new HandoffHistory.Ending.Aborted());
      arrival.discard();
    }
  }

  /**
   * The owner wants its image back.
   *
   * @param meant the run of this process that the transfer was to; 0 when the owner does not know
   * @throws ServiceException if nothing is known of the transfer any more, so that there is no word
   */
  synchronized Word abort(HandoffId transfer, long meant) {
    if (meant != 0 && meant != incarnation) {
      return Word.ABORTED; // that run is over, and its copy with it
    }
    IncomingHandoff arrival = arriving.get(transfer);
    if (arrival != null) {
      abort(arrival, "its owner takes it back");
      return Word.ABORTED;
    }
    return switch (ledger.find(transfer)) {
      case HandoffHistory.Ending.Kept() -> Word.KEPT;
      case HandoffHistory.Ending.Stored stored -> {
        boolean back = stored.image().forgetIfStill(stored.arrived());
        ledger.put(
            transfer,
            back ? new HandoffHistory.Ending.Aborted() : new HandoffHistory.Ending.Kept());
        yield back ? Word.ABORTED : Word.KEPT;
      }
      case HandoffHistory.Ending.Aborted(), HandoffHistory.Ending.None() -> {
        ledger.put(transfer, new HandoffHistory.Ending.Aborted());
        yield Word.ABORTED;
      }
      case HandoffHistory.Ending.Forgotten() ->
          throw busy("Nothing is known any more of transfer " + transfer + ".");
    };
  }

  /** True while a copy of that image is on its way. */
  synchronized boolean isArriving(ImageId id) {
    return arriving.values().stream().anyMatch(arrival -> arrival.id().equals(id));
  }

  /** How many copies are on their way. */
  synchronized int arriving() {
    return arriving.size();
  }

  /** Ends those of which nothing has come for long. */
  public synchronized void sweep() {
    Sweep.each(
        List.copyOf(arriving.values()),
        arrival -> {
          if (arrival.isSilent(time.now(), SILENCE)) {
            abort(arrival, "nothing came for " + SILENCE.toSeconds() + " s");
          }
        });
  }

  static ServiceException aborted(HandoffId transfer, String why) {
    return new ServiceException(
        Refusal.of(
            ErrorReason.TRANSFER_ABORTED, "Transfer " + transfer + " cannot go on: " + why + "."));
  }

  private static ServiceException busy(String why) {
    return new ServiceException(
        Refusal.passing(ErrorReason.GENERATOR_UNAVAILABLE, why, BUSY_RETRY));
  }
}
