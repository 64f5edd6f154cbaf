package dev.coatcheck.generator.image;

import java.time.Duration;
import java.util.Optional;

/**
 * One stream of one claimant: reads a section of the image, while it grows or afterwards.
 *
 * <p>While the image grows, its newest byte is held back, because it may turn out to be the last
 * one, and that must not leave before the pickup is bound.
 *
 * <p><b>Threading:</b> one thread at a time; the settlements, any thread after the last {@link
 * #next}; {@link #isStalled}, any.
 *
 * <p><b>Ownership:</b> holds a share of the buffer until {@link #close}.
 */
public final class ImageReader implements AutoCloseable {

  /** What there is to send. */
  public sealed interface Next {
    /** These bytes, which are handed out from now on. */
    record Bytes(Chunk chunk) implements Next {}

    /** Nothing yet; ask again when the image has changed. */
    record Later() implements Next {}

    /**
     * All was sent.
     *
     * @param sha256 of the whole image; empty while it is not known
     * @param sizeBytes of the whole image; -1 while it is not known
     */
    record End(String sha256, long sizeBytes) implements Next {}

    /** This stream may send nothing more: a newer one took over, or the image is gone. */
    record Cut(Refusal why) implements Next {}
  }

  private static final Next LATER = new Next.Later();

  private final Image image;
  private final ImageBuffer buffer;
  private final Clocks time;
  private final Claim claim;
  private final RequestedRange section;

  // state: one thread at a time
  private boolean begun;
  private long start;
  private long position;
  private boolean closed;

  // state: written by one thread at a time, read by any
  private volatile boolean waiting;
  private volatile long progressAt;

  ImageReader(Image image, ImageBuffer buffer, Clocks time, Claim claim, RequestedRange section) {
    this.image = image;
    this.buffer = buffer;
    this.time = time;
    this.claim = claim;
    this.section = section;
    this.progressAt = time.now();
  }

  /** The image that is read. */
  public Image image() {
    return image;
  }

  /** The claimant's number. */
  public long epoch() {
    return claim.epoch();
  }

  /** This stream's number within the epoch. */
  public long stream() {
    return claim.liveStream();
  }

  /** What the claimant shows to go on. */
  public String proof() {
    return claim.proof();
  }

  /** Where the next chunk begins, once the stream has begun. */
  public long position() {
    return position;
  }

  /** True when {@link #next} would say that this stream was cut. */
  public boolean isCut() {
    return !image.isLive(epoch(), stream());
  }

  /**
   * Begins, as soon as that may be: for a section that waits, when all of it is there.
   *
   * @return why the stream cannot go on or has to wait; empty when it has begun
   */
  public Optional<Next> begin() {
    if (begun) {
      return Optional.empty();
    }
    long size = image.sizeBytes(); // before the position, so that both fit together
    if (isCut()) {
      return Optional.of(cut());
    }
    if ((section.waits() || section.suffix() > 0) && !section.isThere(readable(size), size)) {
      waiting = true;
      return Optional.of(LATER);
    }
    if (section.isPastEnd(size)) {
      return Optional.of(new Next.Cut(Refusal.pastEnd(size)));
    }
    begun = true;
    start = section.start(size);
    position = start;
    return Optional.empty();
  }

  /**
   * What will be sent, as far as that is known; its end is {@link Long#MAX_VALUE} where it is not.
   * Empty when it is the whole image.
   */
  public Optional<RangeSet.Range> range() {
    return section.isWhole()
        ? Optional.empty()
        : Optional.of(new RangeSet.Range(start, section.end(image.sizeBytes())));
  }

  /** What there is to send now, at most {@code maxBytes} of it. Changes nothing when it is cut. */
  public Next next(int maxBytes) {
    GenerationState production =
        image.production(); // before the position, so that both fit together
    long size = production instanceof GenerationState.Complete complete ? complete.sizeBytes() : -1;
    if (isCut()) {
      return cut();
    }
    if (section.isPastEnd(size) && position == start) {
      return new Next.Cut(Refusal.pastEnd(size));
    }
    long end = section.end(size);
    long ready = Math.min(readable(size), end);
    if (position < ready) {
      int length = (int) Math.min(maxBytes, ready - position);
      if (!image.handOut(epoch(), stream(), RangeSet.of(position, position + length))) {
        return cut();
      }
      Chunk chunk = new Chunk(buffer, position, length);
      position += length;
      progressed();
      return new Next.Bytes(chunk);
    }
    if (position >= end) {
      return production instanceof GenerationState.Complete(_, String sha256, _, _)
          ? new Next.End(sha256, size)
          : new Next.End("", -1);
    }
    waiting = true;
    return LATER;
  }

  /**
   * The transport takes nothing now. From when there are bytes for it, that is a lack of progress.
   */
  public void blocked() {
    if (waiting && position < readable(image.sizeBytes())) {
      progressed();
    }
  }

  /** Whoever reads has taken something, of which nothing is seen here. Any thread. */
  void progressed() {
    progressAt = time.now();
    waiting = false;
  }

  /** True when there were bytes for so long, and none was taken. */
  boolean isStalled(Duration span) {
    return !waiting && time.passed(progressAt, span);
  }

  private long readable(long size) {
    return buffer.committedBytes() - (size >= 0 ? 0 : 1);
  }

  private Next cut() {
    return new Next.Cut(cutBy());
  }

  /** Why this stream may send nothing more, once it {@link #isCut}. */
  public Refusal cutBy() {
    if (image.isGone()) {
      return image.tombstone().refusal();
    }
    return image.isMoving() ? Refusal.moving() : Refusal.claimedByAnother();
  }

  /** Its client has all of it. */
  public void settleComplete() {
    image.settle(StreamEnd.complete(epoch(), stream(), RangeSet.of(start, position)));
  }

  /**
   * It broke: how much its client has is not known, but not all that it was to send.
   *
   * @param sentAll true when all of that was handed out
   */
  public void settleBroken(boolean sentAll) {
    long end = sentAll ? Math.max(start, position - 1) : position;
    image.settle(StreamEnd.broken(epoch(), stream(), RangeSet.of(start, end)));
  }

  /** Ends the stream, so that the next one may begin, and lets go of the memory. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      image.endStream(epoch(), stream());
      buffer.release();
    }
  }
}
