package dev.coatcheck.generator.image;

import dev.coatcheck.v1.ErrorReason;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One generated picture and its life: the bytes, the producer's side ({@link GenerationState}) and
 * the consumer's ({@link Pickup}), each a value in an atomic cell of its own.
 *
 * <p><b>Threading:</b> any thread. Listeners run on the thread that brought the news, so they must
 * not block.
 *
 * <p><b>Ownership:</b> the image holds one share of its buffer until it ends; its one {@link
 * ImageWriter} and each {@link ImageReader} hold another. Whoever makes the pickup a {@link
 * GonePickup} lets the image's share go, which is therefore let go once.
 */
public final class Image {

  private final ImageId id;
  private final ImageOptions terms;
  private final ImageContext context;
  private final ImageBuffer buffer;
  private final Instant createTime;

  // state: any thread
  private final AtomicReference<GenerationState> production =
      new AtomicReference<>(new GenerationState.Generating());
  private final PickupCell pickup;
  private final CurrentReader live = new CurrentReader();
  private final ChangeListeners listeners = new ChangeListeners();
  private final ImageMigration migration;
  private volatile String contentType = "";

  /** An image that this generator is about to make. */
  Image(ImageId id, ImageOptions terms, ImageContext context, ImageBuffer buffer) {
    this(
        id,
        terms,
        context,
        buffer,
        context.time().date(),
        Pickup.open(terms.singleClaimant(), context.time().now()));
  }

  private Image(
      ImageId id,
      ImageOptions terms,
      ImageContext context,
      ImageBuffer buffer,
      Instant createTime,
      ActivePickup first) {
    this.id = id;
    this.terms = terms;
    this.context = context;
    this.buffer = buffer;
    this.createTime = createTime;
    this.pickup = new PickupCell(first, context.time(), context.proofs(), this::sizeBytes);
    this.migration = new ImageMigration(this, buffer, pickup);
  }

  /** An image that another generator made. */
  static Image arrived(ImageId id, ImageSnapshot frozen, ImageContext context, ImageBuffer buffer) {
    Image image =
        new Image(id, frozen.terms(), context, buffer, frozen.createTime(), frozen.pickup());
    image.contentType = frozen.contentType();
    image.production.set(
        new GenerationState.Complete(
            frozen.sizeBytes(), frozen.sha256(), frozen.completeNanos(), frozen.completeTime()));
    return image;
  }

  /** What it is indexed by. */
  public ImageId id() {
    return id;
  }

  /** What it looks like now. */
  public ImageStatus status() {
    return ImageStatus.of(
        production.get(), pickup.now(), terms, createTime, contentType, buffer.committedBytes());
  }

  /** Begins a download. */
  public ClaimAnswer claim(ClaimRequest request) {
    if (!buffer.tryRetain()) {
      return new ClaimAnswer.Refused(tombstone().refusal());
    }
    return switch (pickup.claim(request, this::isStalled)) {
      case Pickup.Answer.Granted(ActivePickup next, RequestedRange section) -> {
        ImageReader reader = new ImageReader(this, buffer, context.time(), next.claim(), section);
        live.offer(reader);
        changed(); // the stream before it, if there is one, learns that it was cut
        yield new ClaimAnswer.Begun(reader);
      }
      case Pickup.Answer.PastEnd _ -> {
        buffer.release();
        changed();
        yield new ClaimAnswer.Refused(Refusal.pastEnd(sizeBytes()));
      }
      case Pickup.Answer.Matched(String proof) -> {
        buffer.release();
        yield new ClaimAnswer.Refused(Refusal.match(proof));
      }
      case Pickup.Answer.Refused(ErrorReason reason) -> {
        buffer.release();
        yield new ClaimAnswer.Refused(refusal(reason));
      }
      case Pickup.Answer.InDoubt() -> {
        buffer.release();
        yield new ClaimAnswer.InDoubt();
      }
      case Pickup.Answer.Moving() -> {
        buffer.release();
        yield new ClaimAnswer.Moving();
      }
    };
  }

  private Refusal refusal(ErrorReason reason) {
    return switch (reason) {
      case IMAGE_CLAIMED -> Refusal.claimedByAnother();
      case ETAG_MISMATCH -> Refusal.mismatch();
      default -> tombstone(reason).refusal();
    };
  }

  private boolean isStalled(Pickup seen) {
    return live.stalled(seen, context.limits().stalled()).isPresent();
  }

  /** Takes the report on how a stream ended. */
  public SettleAnswer settle(StreamEnd end) {
    SettleAnswer answer = pickup.settle(end);
    changed();
    return answer;
  }

  /** Somebody says that a stream goes on, of which nothing is seen here. */
  public void progressed(long epoch, long stream) {
    live.find(epoch, stream).ifPresent(ImageReader::progressed);
  }

  /**
   * Ends it because its holder asked to: an acknowledgement, when it was delivered.
   *
   * @return false, with nothing changed, while it is on its way to another generator
   */
  public boolean tryDelete() {
    end(pickup.now().isDelivered() ? ErrorReason.IMAGE_DELIVERED : ErrorReason.IMAGE_DELETED);
    return !isMoving();
  }

  /**
   * Freezes it, to hand it over to another generator.
   *
   * @param cut whether to cut a stream that is alive
   * @return what moves, which the caller must end; empty when that cannot be now: it is still being
   *     made, somebody is reading, or it moves already
   */
  public Optional<MovingImage> tryFreeze(boolean cut) {
    return migration.tryFreeze(cut);
  }

  /** All of it but its bytes, with the pickup that it has while it moves. */
  ImageSnapshot snapshot(GenerationState.Complete complete, ActivePickup frozen) {
    return new ImageSnapshot(
        terms,
        contentType,
        complete.sizeBytes(),
        complete.sha256(),
        createTime,
        complete.since(),
        complete.sinceNanos(),
        frozen);
  }

  /**
   * Ends it and forgets it, if nothing has happened to it since it was {@code arrived}: its owner
   * takes it back.
   */
  public boolean forgetIfStill(Pickup arrived) {
    return endIfStill(arrived, ErrorReason.IMAGE_NOT_FOUND);
  }

  /** True when it was delivered, and is only kept for a re-read that has not begun. */
  public boolean isOnlyLingering() {
    return pickup.now().isLingering();
  }

  /** True while it is on its way to another generator. */
  public boolean isMoving() {
    return pickup.now() instanceof MovingPickup;
  }

  /** Ends it when its time is over and nobody is reading. */
  void endIfDue() {
    live.stalled(pickup.now(), context.limits().dead())
        .ifPresent(dead -> endStream(dead.epoch(), dead.stream()));
    boolean timeToLiveOver =
        production.get() instanceof GenerationState.Complete complete
            && context.time().passed(complete.sinceNanos(), terms.timeToLive());
    Pickup seen = pickup.now();
    seen.due(context.time().now(), timeToLiveOver, context.limits())
        .ifPresent(reason -> endIfStill(seen, reason));
  }

  /** Ends it if it is only lingering, because its memory is wanted. */
  boolean endIfLingering() {
    Pickup seen = pickup.now();
    return seen.isLingering() && endIfStill(seen, ErrorReason.IMAGE_DELIVERED);
  }

  /** Ends it, unless something has happened since {@code seen}. True for the one who did. */
  boolean endIfStill(Pickup seen, ErrorReason reason) {
    boolean ended = pickup.endIfStill(seen, reason);
    if (ended) {
      letGo();
    }
    return ended;
  }

  private void end(ErrorReason reason) {
    if (pickup.end(reason)) {
      letGo();
    }
  }

  private void letGo() {
    context.onGone().accept(this);
    buffer.release();
    changed();
  }

  /** True when nothing is held any more. */
  public boolean isGone() {
    return pickup.now() instanceof GonePickup;
  }

  /** True while its function runs. */
  public boolean isGenerating() {
    return !isGone() && production.get() instanceof GenerationState.Generating;
  }

  /** True while somebody may have it in full, and nobody has said so. */
  boolean isInDoubt() {
    return pickup.now() instanceof ActivePickup active
        && active.phase() == ActivePickup.Phase.BOUND;
  }

  /**
   * What is to stay of it.
   *
   * @throws IllegalStateException unless it {@link #isGone}
   */
  public Tombstone tombstone() {
    if (pickup.now() instanceof GonePickup gone) {
      return tombstone(gone.reason());
    }
    throw new IllegalStateException(id + " is not gone");
  }

  private Tombstone tombstone(ErrorReason reason) {
    return new Tombstone(status(), reason, context.time().now(), migration.movedTo());
  }

  /** Runs {@code listener} after every change, until it is removed. */
  public void addListener(Runnable listener) {
    listeners.add(listener);
  }

  /** Forgets a listener. */
  public void removeListener(Runnable listener) {
    listeners.remove(listener);
  }

  GenerationState production() {
    return production.get();
  }

  boolean isLive(long epoch, long stream) {
    return pickup.now().isLive(epoch, stream);
  }

  boolean handOut(long epoch, long stream, RangeSet range) {
    return pickup.handOut(epoch, stream, range);
  }

  void endStream(long epoch, long stream) {
    pickup.endStream(epoch, stream);
    changed();
  }

  void committed(String type) {
    contentType = type;
    changed();
  }

  void completed(long sizeBytes, String sha256) {
    production.set(
        new GenerationState.Complete(
            sizeBytes, sha256, context.time().now(), context.time().date()));
    changed();
  }

  void failed(Refusal failure) {
    production.set(new GenerationState.Failed(failure));
    end(failure.reason());
  }

  long sizeBytes() {
    return production.get().sizeBytes();
  }

  void changed() {
    listeners.changed();
  }
}
