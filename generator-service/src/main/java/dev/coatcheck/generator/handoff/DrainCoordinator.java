package dev.coatcheck.generator.handoff;

import dev.coatcheck.generator.image.Clocks;
import dev.coatcheck.generator.image.Image;
import dev.coatcheck.generator.image.ImageId;
import dev.coatcheck.generator.image.ImageStore;
import dev.coatcheck.generator.image.MovingImage;
import dev.coatcheck.generator.rpc.IdempotencyIndex;
import dev.coatcheck.kit.sweep.Sweep;
import dev.coatcheck.v1.TransferredRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a generator out of the fleet with nothing lost: no new images, then every image that is
 * complete and that nobody is reading is handed over, as soon as it is so, until nothing is left or
 * the grace is over. What no peer takes is served meanwhile.
 *
 * <p>Shortly before the grace is over, running downloads are cut, so that their images can still
 * move: whoever was reading resumes at the peer, which costs nothing.
 *
 * <p><b>Threading:</b> any thread; one drain runs at a time, on virtual threads of its own.
 *
 * <p><b>Lifecycle:</b> may be repeated; a generator that has once begun to drain stays so.
 */
public final class DrainCoordinator {

  private static final Logger log = LoggerFactory.getLogger(DrainCoordinator.class);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
  private static final Duration TRY_AGAIN = Duration.ofSeconds(1);
  private static final Duration MAX_FOR_THE_CUT = Duration.ofSeconds(10);
  private static final int PARTS_OF_GRACE = 3;
  private static final int MAX_NAMED = 100;

  /** Where one image's hand-over stands. */
  private sealed interface Progress {
    /** It is frozen, or about to be. */
    record Running() implements Progress {}

    /** Not now; try again after that moment. */
    record Waiting(long untilNanos) implements Progress {}

    /** It may be a peer's: nothing more can be done. */
    record InDoubt() implements Progress {}
  }

  private final long incarnation;
  private final PeerNames names;
  private final ImageStore store;
  private final IncomingHandoffs transfers;
  private final IdempotencyIndex requestIds;
  private final Runnable takeNoMore;
  private final Clocks time;
  private final ExecutorService threads;
  private final AtomicLong transferNumbers = new AtomicLong();

  // state: guarded by this
  private @Nullable CompletableFuture<DrainReport> running;

  // state: any thread
  private volatile long deadlineNanos;
  private final Map<ImageId, Progress> progress = new ConcurrentHashMap<>();
  private final AtomicLong movedImages = new AtomicLong();
  private final AtomicLong movedBytes = new AtomicLong();

  /**
   * A coordinator for one generator.
   *
   * @param names where its peers are
   * @param takeNoMore refuses new images, and says so to whoever watches; may be run repeatedly
   */
  public DrainCoordinator(
      long incarnation,
      PeerNames names,
      ImageStore store,
      IncomingHandoffs transfers,
      IdempotencyIndex requestIds,
      Runnable takeNoMore,
      Clocks time,
      ExecutorService threads) {
    this.incarnation = incarnation;
    this.names = names;
    this.store = store;
    this.transfers = transfers;
    this.requestIds = requestIds;
    this.takeNoMore = takeNoMore;
    this.time = time;
    this.threads = threads;
  }

  /**
   * Begins to drain, or joins the drain that runs, which then takes no longer than this one would.
   *
   * @return completes when nothing is left, or the grace is over
   */
  public synchronized CompletableFuture<DrainReport> drain(Duration grace) {
    long deadline = System.nanoTime() + grace.toNanos();
    CompletableFuture<DrainReport> current = running;
    if (current != null && !current.isDone()) {
      if (deadline - deadlineNanos < 0) {
        deadlineNanos = deadline;
      }
      return current;
    }
    deadlineNanos = deadline;
    takeNoMore.run();
    Duration cut = grace.dividedBy(PARTS_OF_GRACE);
    Duration forTheCut = cut.compareTo(MAX_FOR_THE_CUT) < 0 ? cut : MAX_FOR_THE_CUT;
    running = CompletableFuture.supplyAsync(() -> run(forTheCut), threads);
    return running;
  }

  private DrainReport run(Duration forTheCut) {
    log.info("draining: {} images held", store.size());
    progress.clear(); // what was in doubt before stays frozen, and is not tried again
    try (Peers peers = new Peers(names, incarnation, threads)) {
      ImageMover mover = new ImageMover(incarnation, transferNumbers, time, this::isOver);
      Map<ImageId, TransferredRequest> requests = requestIds.byImage();
      peers.refresh();
      sendTombstones(peers);
      while (!isEmpty() && !isOver()) {
        peers.refresh();
        boolean cut = deadlineNanos - System.nanoTime() <= forTheCut.toNanos();
        if (peers.anyTaking()) {
          for (Image image : store.held()) {
            if (isDue(image)) {
              progress.put(image.id(), new Progress.Running());
              threads.execute(() -> move(image, cut, mover, peers, requests.get(image.id())));
            }
          }
        }
        Thread.sleep(LOOK_AGAIN);
      }
      store
          .endLingering(); // nobody waits for them, and others are to know that they were delivered
      sendTombstones(peers);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return report();
  }

  private boolean isOver() {
    return System.nanoTime() - deadlineNanos >= 0;
  }

  /** True when nothing is left that anybody could miss. */
  private boolean isEmpty() {
    return transfers.arriving() == 0 && store.held().stream().allMatch(Image::isOnlyLingering);
  }

  private boolean isDue(Image image) {
    return switch (progress.get(image.id())) {
      case null -> !image.isGenerating();
      case Progress.Running(), Progress.InDoubt() -> false;
      case Progress.Waiting(long until) -> System.nanoTime() - until >= 0;
    };
  }

  private void move(
      Image image,
      boolean cut,
      ImageMover mover,
      Peers peers,
      @Nullable TransferredRequest request) {
    try {
      mover.awaitTurn();
      Optional<MovingImage> frozen = image.tryFreeze(cut);
      if (frozen.isEmpty()) {
        mover.giveBackTurn();
        later(image, LOOK_AGAIN);
        return;
      }
      long sizeBytes = frozen.get().frozen().sizeBytes();
      String order = request == null ? image.id().hex() : request.getRequestId();
      switch (mover.move(frozen.get(), Optional.ofNullable(request), peers.inOrderFor(order))) {
        case MOVED -> {
          movedImages.incrementAndGet();
          movedBytes.addAndGet(sizeBytes);
          progress.remove(image.id());
        }
        case NOT_TAKEN -> later(image, TRY_AGAIN);
        case IN_DOUBT -> progress.put(image.id(), new Progress.InDoubt());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.error("image {}: its hand-over failed", image.id(), e);
      progress.put(image.id(), new Progress.InDoubt());
    }
  }

  private void later(Image image, Duration pause) {
    progress.put(image.id(), new Progress.Waiting(System.nanoTime() + pause.toNanos()));
  }

  private void sendTombstones(Peers peers) {
    TombstoneBatches batches =
        new TombstoneBatches(batch -> peers.each(peer -> peer.remember(batch), "tombstones"));
    Sweep.each(
        store.tombstones().entrySet(),
        ended -> batches.add(TombstoneMessages.message(ended.getKey(), ended.getValue(), time)));
    batches.flush();
  }

  private DrainReport report() {
    List<Image> left = store.held().stream().filter(image -> !image.isOnlyLingering()).toList();
    DrainReport report = new DrainReport(movedImages.get(), movedBytes.get(), left.size());
    log.info(
        "drained: {} images moved, {} bytes; {} left",
        report.movedImages(),
        report.movedBytes(),
        report.leftImages());
    for (Image image : left.subList(0, Math.min(left.size(), MAX_NAMED))) {
      log.warn("image {}: lost with this generator: {}", image.id(), whyLeft(image));
    }
    if (left.size() > MAX_NAMED) {
      log.warn("{} more images are lost with this generator", left.size() - MAX_NAMED);
    }
    return report;
  }

  private String whyLeft(Image image) {
    if (image.isGenerating()) {
      return "it was still being made";
    }
    return image.isMoving() ? "a peer may have it, and did not say" : "no peer took it";
  }
}
