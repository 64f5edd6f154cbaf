package dev.coatcheck.generator.handoff;

import dev.coatcheck.contract.StatusDetails;
import dev.coatcheck.generator.image.Clocks;
import dev.coatcheck.generator.image.ImageId;
import dev.coatcheck.generator.image.MovingImage;
import dev.coatcheck.v1.AbortTransferResponse;
import dev.coatcheck.v1.OfferImageResponse;
import dev.coatcheck.v1.TransferId;
import dev.coatcheck.v1.TransferredImage;
import dev.coatcheck.v1.TransferredRequest;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves one frozen image after the other: offers it to its peers in order, copies it, and, whatever
 * goes wrong once bytes may have gone, goes on only with the peer's word on it.
 *
 * <p><b>Threading:</b> any virtual thread; blocks. A few copies run at once, and others wait.
 */
final class ImageMover {

  /** How a move ended. */
  enum Outcome {
    /** A peer owns it. */
    MOVED,
    /** No peer took it; it is served again. */
    NOT_TAKEN,
    /** A peer may own it: it stays frozen. */
    IN_DOUBT
  }

  /** How much of a copy may have come. */
  private enum Copied {
    /** The peer said that it owns it. */
    STORED,
    /** Its end never left, so that the peer cannot own it, and never served it. */
    IN_PART,
    /** The peer may own it, or have owned it before it died. */
    PERHAPS_WHOLE
  }

  private static final Logger log = LoggerFactory.getLogger(ImageMover.class);
  private static final int MAX_COPIES = 4;
  private static final Duration ASK_AGAIN = Duration.ofMillis(250);

  private final long incarnation;
  private final Clocks time;
  private final BooleanSupplier isOver;
  private final Semaphore turns = new Semaphore(MAX_COPIES);
  private final AtomicLong transfers;

  /**
   * A mover for one drain.
   *
   * @param transfers counts this process's transfers
   * @param isOver true when the time for it is over
   */
  ImageMover(long incarnation, AtomicLong transfers, Clocks time, BooleanSupplier isOver) {
    this.incarnation = incarnation;
    this.transfers = transfers;
    this.time = time;
    this.isOver = isOver;
  }

  /** Waits for one of the few turns; a moving image that has one is offered and copied at once. */
  void awaitTurn() throws InterruptedException {
    turns.acquire();
  }

  /** Gives back a turn that was not used. */
  void giveBackTurn() {
    turns.release();
  }

  /**
   * Moves an image to the first that takes it. Uses up a turn.
   *
   * @param image ended by this, unless it is in doubt
   */
  Outcome move(MovingImage image, Optional<TransferredRequest> request, List<Peer> order)
      throws InterruptedException {
    boolean hasTurn = true;
    try {
      if (!HandoffMessages.canTravel(image.frozen())) {
        log.warn("image {}: its pickup is in too many pieces to be handed over", image.id());
        image.goBack();
        return Outcome.NOT_TAKEN;
      }
      for (Peer peer : order) {
        if (!hasTurn) {
          turns.acquire();
          hasTurn = true;
        }
        TransferId transfer =
            TransferId.newBuilder()
                .setOwner(incarnation)
                .setNumber(transfers.incrementAndGet())
                .build();
        Optional<OfferImageResponse> offer = offer(peer, transfer, image);
        if (offer.isEmpty()) {
          continue; // no byte has gone, and none will: no word is needed
        }
        long run = offer.get().getIncarnation();
        Copied copied = copy(peer, transfer, run, image, request);
        if (copied == Copied.STORED) {
          return moved(image, peer, offer.get().getAddress());
        }
        turns.release(); // the word may take long, and others can go elsewhere
        hasTurn = false;
        Optional<AbortTransferResponse> word = askUntilAnswered(peer, transfer, run, image.id());
        if (word.isEmpty()) {
          return Outcome.IN_DOUBT;
        }
        if (word.get().getIncarnation() != run && copied == Copied.PERHAPS_WHOLE) {
          log.error("image {}: {} died, perhaps after it had served it", image.id(), peer);
          return Outcome.IN_DOUBT;
        }
        switch (word.get().getOutcome()) {
          case KEPT -> {
            return moved(image, peer, offer.get().getAddress());
          }
          case ABORTED -> {}
          case OUTCOME_UNSPECIFIED, UNRECOGNIZED -> {
            log.error("peer {} said nothing of transfer {}", peer, transfer.getNumber());
            return Outcome.IN_DOUBT;
          }
        }
      }
      image.goBack();
      return Outcome.NOT_TAKEN;
    } finally {
      if (hasTurn) {
        turns.release();
      }
    }
  }

  private static Outcome moved(MovingImage image, Peer peer, String address) {
    log.info("image {}: moved to {}", image.id(), peer);
    image.moved(address);
    return Outcome.MOVED;
  }

  private static Optional<OfferImageResponse> offer(
      Peer peer, TransferId transfer, MovingImage image) {
    try {
      return Optional.of(peer.offer(transfer, image.id(), image.frozen().sizeBytes()));
    } catch (StatusRuntimeException e) {
      log.info(
          "image {}: peer {} does not take it: {}",
          image.id(),
          peer,
          StatusDetails.describe(e.getStatus()));
      if (isSilence(e.getStatus().getCode())) {
        peer.doubt();
      }
      return Optional.empty();
    } catch (RuntimeException e) { // the other peers can take it all the same
      log.error("image {}: peer {} could not be asked", image.id(), peer, e);
      return Optional.empty();
    }
  }

  private static boolean isSilence(io.grpc.Status.Code code) {
    return code == io.grpc.Status.Code.DEADLINE_EXCEEDED || code == io.grpc.Status.Code.UNAVAILABLE;
  }

  /** Copies it; unless it is stored, the peer has to be asked what became of it. */
  private Copied copy(
      Peer peer,
      TransferId transfer,
      long peerIncarnation,
      MovingImage image,
      Optional<TransferredRequest> request)
      throws InterruptedException {
    TransferredImage.Builder said = HandoffMessages.message(image.frozen(), time);
    request.ifPresent(said::setRequest);
    AtomicBoolean whole = new AtomicBoolean();
    try {
      peer.copy(transfer, peerIncarnation, said.build(), image, () -> whole.set(true));
      return Copied.STORED;
    } catch (StatusException e) {
      log.warn(
          "image {}: the copy to {} failed: {}",
          image.id(),
          peer,
          StatusDetails.describe(e.getStatus()));
    } catch (TimeoutException e) {
      log.warn("image {}: peer {} has gone silent", image.id(), peer);
    } catch (RuntimeException e) {
      log.error("image {}: the copy to {} failed", image.id(), peer, e);
    }
    peer.doubt();
    return whole.get() ? Copied.PERHAPS_WHOLE : Copied.IN_PART;
  }

  private Optional<AbortTransferResponse> askUntilAnswered(
      Peer peer, TransferId transfer, long peerIncarnation, ImageId id)
      throws InterruptedException {
    do {
      try {
        return Optional.of(peer.abort(transfer, peerIncarnation));
      } catch (StatusRuntimeException e) {
        log.debug("image {}: no word from {}: {}", id, peer, StatusDetails.describe(e.getStatus()));
        Thread.sleep(ASK_AGAIN);
      }
    } while (!isOver.getAsBoolean());
    log.error("image {}: no word from {} on whether it has it", id, peer);
    return Optional.empty();
  }
}
