package dev.coatcheck.generator.image;

import java.nio.ByteBuffer;

/**
 * The one who writes an image.
 *
 * <p><b>Threading:</b> one thread at a time; only {@link #advance} may run while others write.
 *
 * <p><b>Lifecycle:</b> ends exactly once, by {@link #complete} or {@link #fail}; what comes later
 * changes nothing. Holds a share of the buffer until then.
 */
public final class ImageWriter {

  /** What became of some bytes. */
  public enum Written {
    /** They are in memory. */
    OK,
    /** They would exceed what was agreed; none was written. */
    TOO_LARGE,
    /** Nobody wants them any more. */
    GONE
  }

  private final Image image;
  private final ImageBuffer buffer;

  // state: one thread at a time
  private boolean ended;

  ImageWriter(Image image, ImageBuffer buffer) {
    this.image = image;
    this.buffer = buffer;
  }

  /** The image that is written. */
  public Image image() {
    return image;
  }

  /** Writes what comes next; readers do not see it yet. Consumes the buffer when it answers OK. */
  public Written append(ByteBuffer bytes) {
    if (ended || image.isGone()) {
      return Written.GONE;
    }
    return buffer.append(bytes) ? Written.OK : Written.TOO_LARGE;
  }

  /** Writes what comes at {@code offset}, which {@link #advance} has not passed yet. */
  public Written write(long offset, ByteBuffer bytes) {
    if (ended || image.isGone()) {
      return Written.GONE;
    }
    return buffer.put(offset, bytes) ? Written.OK : Written.TOO_LARGE;
  }

  /**
   * There is no gap before {@code upTo} any more; takes its time over the SHA-256.
   *
   * @return false when the memory was given back before
   */
  public boolean advance(long upTo) {
    if (!buffer.tryRetain()) {
      return false;
    }
    try {
      buffer.advance(upTo);
      return true;
    } finally {
      buffer.release();
    }
  }

  /** The first bytes, at most {@code most}. */
  public byte[] head(int most) {
    return buffer.head(most);
  }

  /** Of all that was written without a gap, in lower-case hex. */
  public String sha256() {
    return buffer.sha256();
  }

  /** Lets readers see all that was written, of which it is known now that it is an image. */
  public void commit(String contentType) {
    if (!ended) {
      buffer.commit();
      image.committed(contentType);
    }
  }

  /** How much was written, from the start and without a gap. */
  public long writtenBytes() {
    return buffer.writtenBytes();
  }

  /** There are no more bytes. Some were written and committed. */
  public void complete() {
    if (!ended) {
      ended = true;
      String sha256 = buffer.finish();
      image.completed(buffer.writtenBytes(), sha256);
      buffer.release();
    }
  }

  /** There will be no image. Its memory goes back as soon as the last reader has let go. */
  public void fail(Refusal why) {
    if (!ended) {
      ended = true;
      if (!image.isGone()) {
        image.failed(why);
      }
      buffer.release();
    }
  }
}
