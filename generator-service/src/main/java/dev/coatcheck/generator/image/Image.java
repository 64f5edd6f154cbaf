package dev.coatcheck.generator.image;

import dev.coatcheck.v1.ErrorReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

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

  /** What a request to pick up is answered. */
  public sealed interface ClaimAnswer {
    /** It may read. The caller owns the reader. */
    record Begun(ImageReader reader) implements ClaimAnswer {}

    /** Not now, or never. */
    record Refused(Refusal refusal) implements ClaimAnswer {}

    /** Somebody may have it in full; ask again when the image has changed. */
    record InDoubt() implements ClaimAnswer {}
  }

  /** What a settlement is answered. */
  public enum SettleAnswer {
    /** The claimant has it all. */
    DELIVERED,
    /** It was taken, now or before; the claimant does not have it all. */
    TAKEN,
    /** Another claimant has come since; nothing changed. */
    STALE,
    /** The stream was never given what it is said to have written; nothing changed. */
    NEVER_HANDED_OUT
  }

  private static final Duration CLAIMED_RETRY = Duration.ofSeconds(2);

  private final ImageId id;
  private final ImageTerms terms;
  private final Timekeeper time;
  private final Supplier<String> proofs;
  private final Consumer<Image> onGone;
  private final ImageBuffer buffer;
  private final Instant createTime;
  private final long createdNanos;

  // state: any thread
  private final AtomicReference<Production> production =
      new AtomicReference<>(new Production.Generating());
  private final AtomicReference<Pickup> pickup;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile String contentType = "";

  Image(
      ImageId id,
      ImageTerms terms,
      Timekeeper time,
      Supplier<String> proofs,
      Consumer<Image> onGone,
      ImageBuffer buffer) {
    this.id = id;
    this.terms = terms;
    this.time = time;
    this.proofs = proofs;
    this.onGone = onGone;
    this.buffer = buffer;
    this.createTime = time.date();
    this.createdNanos = time.now();
    this.pickup = new AtomicReference<>(Pickup.open(createdNanos));
  }

  /** What it is indexed by. */
  public ImageId id() {
    return id;
  }

  /** What it looks like now. */
  public ImageStatus status() {
    Pickup consumer = pickup.get();
    Production producer = production.get();
    boolean delivered =
        consumer.phase() == Pickup.Phase.DELIVERED
            || consumer.ending() == ErrorReason.IMAGE_DELIVERED;
    return switch (producer) {
      case Production.Generating() ->
          status(ImageState.GENERATING, consumer, -1, "", createTime.plus(terms.timeToMake()));
      case Production.Complete(long size, String sha256, long at, Instant since) ->
          status(
              delivered ? ImageState.DELIVERED : ImageState.COMPLETE,
              consumer,
              size,
              sha256,
              since.plus(terms.timeToLive()));
      case Production.Failed(Refusal failure) ->
          new ImageStatus(
              ImageState.FAILED,
              consumer.claim().epoch() > 0,
              contentType,
              -1,
              0,
              0,
              "",
              createTime,
              createTime.plus(terms.timeToMake()),
              terms.filename(),
              failure);
    };
  }

  private ImageStatus status(
      ImageState state, Pickup consumer, long size, String sha256, Instant expires) {
    return new ImageStatus(
        state,
        consumer.claim().epoch() > 0,
        contentType,
        size,
        buffer.committedBytes(),
        consumer.claim().covered().bytes(),
        sha256,
        createTime,
        expires,
        terms.filename(),
        null);
  }

  /**
   * Begins a download.
   *
   * @param proof what the request shows; empty for the key alone
   */
  public ClaimAnswer claim(String proof) {
    if (!buffer.tryRetain()) {
      return new ClaimAnswer.Refused(whyNot(pickup.get().ending()));
    }
    while (true) {
      Pickup seen = pickup.get();
      switch (seen.claim(proof, proofs)) {
        case Pickup.Answer.Granted(Pickup next) -> {
          if (pickup.compareAndSet(seen, next)) {
            changed(); // the stream before it, if there is one, learns that it was cut
            return new ClaimAnswer.Begun(new ImageReader(this, buffer, next.claim()));
          }
        }
        case Pickup.Answer.Refused(ErrorReason reason) -> {
          buffer.release();
          return new ClaimAnswer.Refused(whyNot(reason));
        }
        case Pickup.Answer.InDoubt() -> {
          buffer.release();
          return new ClaimAnswer.InDoubt();
        }
      }
    }
  }

  /** The refusal of somebody who comes while another is picking it up. */
  public static Refusal claimedByAnother() {
    return Refusal.passing(
        ErrorReason.IMAGE_CLAIMED,
        "Somebody is picking this image up. If it was you, go on with your claim; otherwise try"
            + " again.",
        CLAIMED_RETRY);
  }

  private Refusal whyNot(ErrorReason reason) {
    if (reason == ErrorReason.IMAGE_CLAIMED) {
      return claimedByAnother();
    }
    return Tombstone.of(this, reason, time.now()).refusal();
  }

  /**
   * The word on how far a stream got.
   *
   * @param written what certainly went out
   * @param perhaps what may have gone out; contains {@code written}
   */
  public SettleAnswer settle(long epoch, long stream, Coverage written, Coverage perhaps) {
    while (true) {
      Pickup seen = pickup.get();
      switch (seen.settle(epoch, stream, written, perhaps, sizeBytes(), time.now())) {
        case Pickup.Settled.Stale() -> {
          return SettleAnswer.STALE;
        }
        case Pickup.Settled.NeverHandedOut() -> {
          return SettleAnswer.NEVER_HANDED_OUT;
        }
        case Pickup.Settled.Taken(Pickup next) -> {
          if (pickup.compareAndSet(seen, next)) {
            changed();
            return next.phase() == Pickup.Phase.DELIVERED
                ? SettleAnswer.DELIVERED
                : SettleAnswer.TAKEN;
          }
        }
      }
    }
  }

  /** Ends it because its holder asked to: an acknowledgement, when it was delivered. */
  public void delete() {
    boolean delivered = pickup.get().phase() == Pickup.Phase.DELIVERED;
    end(delivered ? ErrorReason.IMAGE_DELIVERED : ErrorReason.IMAGE_DELETED);
  }

  /** Ends it when its time is over and nobody is reading. */
  void endIfDue(ImageLimits limits) {
    boolean timeToLiveOver =
        production.get() instanceof Production.Complete complete
            && time.passed(complete.sinceNanos(), terms.timeToLive());
    Pickup seen = pickup.get();
    seen.due(time.now(), timeToLiveOver, limits).ifPresent(reason -> tryEnd(seen, reason));
  }

  /** Ends it if it is only lingering, because its memory is wanted. */
  boolean endIfLingering() {
    Pickup seen = pickup.get();
    return seen.phase() == Pickup.Phase.DELIVERED
        && seen.claim().liveStream() == 0
        && tryEnd(seen, ErrorReason.IMAGE_DELIVERED);
  }

  private boolean tryEnd(Pickup seen, ErrorReason reason) {
    if (!pickup.compareAndSet(seen, seen.end(reason))) {
      return false; // somebody came, who may go on
    }
    ended();
    return true;
  }

  private void end(ErrorReason reason) {
    Pickup before = pickup.getAndUpdate(p -> p.end(reason));
    if (before.phase() != Pickup.Phase.GONE) {
      ended();
    }
  }

  private void ended() {
    onGone.accept(this);
    buffer.release();
    changed();
  }

  /** True when nothing is held any more. */
  public boolean isGone() {
    return pickup.get().phase() == Pickup.Phase.GONE;
  }

  /** True while somebody may have it in full, and nobody has said so. */
  boolean isInDoubt() {
    return pickup.get().phase() == Pickup.Phase.BOUND;
  }

  /** Why it is gone. */
  ErrorReason ending() {
    return pickup.get().ending();
  }

  /** True while its function runs. */
  public boolean isGenerating() {
    return !isGone() && production.get() instanceof Production.Generating;
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

  Pickup pickup() {
    return pickup.get();
  }

  /** Records that bytes are about to leave. False when the stream was cut meanwhile. */
  boolean handOut(long epoch, long stream, Coverage range) {
    long size = sizeBytes();
    while (true) {
      Pickup seen = pickup.get();
      if (!seen.isLive(epoch, stream)) {
        return false;
      }
      if (pickup.compareAndSet(seen, seen.handOut(epoch, stream, range, size))) {
        return true;
      }
    }
  }

  void update(UnaryOperator<Pickup> transition) {
    pickup.updateAndGet(transition);
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

  long now() {
    return time.now();
  }

  private long sizeBytes() {
    return production.get() instanceof Production.Complete complete ? complete.sizeBytes() : -1;
  }

  private void changed() {
    for (Runnable listener : listeners) {
      listener.run();
    }
  }
}
