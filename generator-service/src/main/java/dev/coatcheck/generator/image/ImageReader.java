package dev.coatcheck.generator.image;

/**
 * One stream of one claimant: reads the image from its start, while it grows or afterwards.
 *
 * <p>While the image grows, its newest byte is held back, because it may turn out to be the last
 * one, and that must not leave before the pickup is bound.
 *
 * <p><b>Threading:</b> one thread at a time; the settlements, any thread after the last {@link
 * #next}.
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

    /** All was sent. */
    record End(String sha256, long sizeBytes) implements Next {}

    /** This stream may send nothing more: a newer one took over, or the image is gone. */
    record Cut(Refusal why) implements Next {}
  }

  private static final Next LATER = new Next.Later();

  private final Image image;
  private final ImageBuffer buffer;
  private final long epoch;
  private final long stream;
  private final String proof;

  // state: one thread at a time
  private long position;
  private boolean closed;

  ImageReader(Image image, ImageBuffer buffer, Pickup.Claim claim) {
    this.image = image;
    this.buffer = buffer;
    this.epoch = claim.epoch();
    this.stream = claim.liveStream();
    this.proof = claim.proof();
  }

  /** The image that is read. */
  public Image image() {
    return image;
  }

  /** The claimant's number. */
  public long epoch() {
    return epoch;
  }

  /** This stream's number within the epoch. */
  public long stream() {
    return stream;
  }

  /** What the claimant shows to go on. */
  public String proof() {
    return proof;
  }

  /** Where the next chunk begins. */
  public long position() {
    return position;
  }

  /** True when {@link #next} would say that this stream was cut. */
  public boolean isCut() {
    return !image.isLive(epoch, stream);
  }

  /** What there is to send now, at most {@code maxBytes} of it. Changes nothing when it is cut. */
  public Next next(int maxBytes) {
    Production production = image.production(); // before the position, so that both fit together
    if (isCut()) {
      return cut();
    }
    boolean complete = production instanceof Production.Complete;
    long readable = buffer.committedBytes() - (complete ? 0 : 1);
    if (position < readable) {
      int length = (int) Math.min(maxBytes, readable - position);
      if (!image.handOut(epoch, stream, Coverage.of(position, position + length))) {
        return cut();
      }
      Chunk chunk = new Chunk(buffer, position, length);
      position += length;
      return new Next.Bytes(chunk);
    }
    return production instanceof Production.Complete(long size, String sha256, _, _)
        ? new Next.End(sha256, size)
        : LATER;
  }

  private Next cut() {
    return new Next.Cut(image.isGone() ? image.tombstone().refusal() : Refusal.claimedByAnother());
  }

  /** The transport says that all of it was written. */
  public void settleWhole() {
    Coverage all = Coverage.of(0, position);
    image.settle(epoch, stream, all, all);
  }

  /**
   * The transport says that the stream broke: the last byte that was handed out did not go, and of
   * the others nobody knows.
   */
  public void settleBroken() {
    image.settle(epoch, stream, Coverage.NONE, Coverage.of(0, Math.max(0, position - 1)));
  }

  /** Ends the stream, so that the next one may begin, and lets go of the memory. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      image.endStream(epoch, stream);
      buffer.release();
    }
  }
}
