package dev.coatcheck.generator.image;

import dev.coatcheck.v1.ErrorReason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One generated picture and its life: the bytes, the producer's side ({@link Production}) and the
 * consumer's ({@link Pickup}), each a record in an atomic cell of its own.
 *
 * <p><b>Threading:</b> any thread. Listeners run on the thread that brought the news, so they must
 * not block.
 *
 * <p><b>Ownership:</b> the image holds one share of its buffer until it ends; its one {@link
 * ImageWriter} and each {@link ImageReader} hold another. Whoever moves the pickup to {@code GONE}
 * lets the image's share go, which is therefore let go once.
 */
public final class Image {

  /** Its own, and that of whoever has frozen it. */
  private static final int SHARES_WITHOUT_READERS = 2;

  private final ImageId id;
  private final ImageTerms terms;
  private final Timekeeper time;
  private final ImageLimits limits;
  private final Consumer<Image> onGone;
  private final ImageBuffer buffer;
  private final Instant createTime;

  // state: any thread
  private final AtomicReference<Production> production =
      new AtomicReference<>(new Production.Generating());
  private final PickupCell pickup;
  private final LiveReader live = new LiveReader();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile String contentType = "";
  private volatile String movedTo = "";

  Image(
      ImageId id,
      ImageTerms terms,
      Timekeeper time,
      ImageLimits limits,
      Supplier<String> proofs,
      Consumer<Image> onGone,
      ImageBuffer buffer) {
    this(
        id,
        terms,
        time,
        limits,
        proofs,
        onGone,
        buffer,
        time.date(),
        Pickup.open(terms.singleClaimant(), time.now()));
  }

  private Image(
      ImageId id,
      ImageTerms terms,
      Timekeeper time,
      ImageLimits limits,
      Supplier<String> proofs,
      Consumer<Image> onGone,
      ImageBuffer buffer,
      Instant createTime,
      Pickup first) {
    this.id = id;
    this.terms = terms;
    this.time = time;
    this.limits = limits;
    this.onGone = onGone;
    this.buffer = buffer;
    this.createTime = createTime;
    this.pickup = new PickupCell(first, time, proofs, this::sizeBytes);
  }

  /** An image that another generator made. */
  static Image arrived(
      ImageId id,
      FrozenImage frozen,
      Timekeeper time,
      ImageLimits limits,
      Supplier<String> proofs,
      Consumer<Image> onGone,
      ImageBuffer buffer) {
    Image image =
        new Image(
            id,
            frozen.terms(),
            time,
            limits,
            proofs,
            onGone,
            buffer,
            frozen.createTime(),
            frozen.pickup());
    image.contentType = frozen.contentType();
    image.production.set(
        new Production.Complete(
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
      case Pickup.Answer.Granted(Pickup next, Section section) -> {
        ImageReader reader = new ImageReader(this, buffer, time, next.claim(), section);
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
    return live.stalled(seen, limits.stalled()).isPresent();
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
    if (!(production.get() instanceof Production.Complete complete) || !buffer.tryRetain()) {
      return Optional.empty();
    }
    Optional<Pickup> frozen = pickup.freeze(cut);
    if (frozen.isEmpty()) {
      buffer.release();
      return Optional.empty();
    }
    Pickup moving = frozen.get();
    MovingImage ticket =
        new MovingImage(
            this,
            buffer,
            moving,
            new FrozenImage(
                terms,
                contentType,
                complete.sizeBytes(),
                complete.sha256(),
                createTime,
                complete.since(),
                complete.sinceNanos(),
                moving.frozen().orElseThrow()));
    if (!cut && buffer.shares() > SHARES_WITHOUT_READERS) {
      ticket.goBack(); // a reader has not said yet how it ended
      return Optional.empty();
    }
    changed(); // a stream that was cut learns of it
    return Optional.of(ticket);
  }

  void thaw(Pickup moving) {
    pickup.thaw(moving);
    changed();
  }

  void moved(Pickup moving, String peer) {
    movedTo = peer;
    if (pickup.endIfStill(moving, ErrorReason.IMAGE_MOVED)) {
      letGo();
    }
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
    return pickup.now().phase() == Pickup.Phase.MOVING;
  }

  /** Ends it when its time is over and nobody is reading. */
  void endIfDue() {
    live.stalled(pickup.now(), limits.dead())
        .ifPresent(dead -> endStream(dead.epoch(), dead.stream()));
    boolean timeToLiveOver =
        production.get() instanceof Production.Complete complete
            && time.passed(complete.sinceNanos(), terms.timeToLive());
    Pickup seen = pickup.now();
    seen.due(time.now(), timeToLiveOver, limits).ifPresent(reason -> endIfStill(seen, reason));
  }

  /** Ends it if it is only lingering, because its memory is wanted. */
  boolean endIfLingering() {
    Pickup seen = pickup.now();
    return seen.isLingering() && endIfStill(seen, ErrorReason.IMAGE_DELIVERED);
  }

  private boolean endIfStill(Pickup seen, ErrorReason reason) {
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
    onGone.accept(this);
    buffer.release();
    changed();
  }

  /** True when nothing is held any more. */
  public boolean isGone() {
    return pickup.now().phase() == Pickup.Phase.GONE;
  }

  /** True while its function runs. */
  public boolean isGenerating() {
    return !isGone() && production.get() instanceof Production.Generating;
  }

  /** True while somebody may have it in full, and nobody has said so. */
  boolean isInDoubt() {
    return pickup.now().phase() == Pickup.Phase.BOUND;
  }

  /** What is to stay of it. */
  public Tombstone tombstone() {
    return tombstone(pickup.now().ending());
  }

  private Tombstone tombstone(ErrorReason reason) {
    return new Tombstone(status(), reason, time.now(), movedTo);
  }

  /** Runs {@code listener} after every change, until it is removed. */
  public void addListener(Runnable listener) {
    listeners.add(listener);
  }

  /** Forgets a listener. */
  public void removeListener(Runnable listener) {
    listeners.remove(listener);
  }

  Production production() {
    return production.get();
  }

  boolean isLive(long epoch, long stream) {
    return pickup.now().isLive(epoch, stream);
  }

  boolean handOut(long epoch, long stream, Coverage range) {
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
    production.set(new Production.Complete(sizeBytes, sha256, time.now(), time.date()));
    changed();
  }

  void failed(Refusal failure) {
    production.set(new Production.Failed(failure));
    end(failure.reason());
  }

  long sizeBytes() {
    return production.get().sizeBytes();
  }

  private void changed() {
    for (Runnable listener : listeners) {
      listener.run();
    }
  }
}
