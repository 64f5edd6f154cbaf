package dev.coatcheck.generator.image;

import java.nio.ByteBuffer;

/**
 * The one who writes an image.
 *
 * <p><b>Threading:</b> one thread at a time.
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

  /** Lets readers see all that was written, of which it is known now that it is an image. */
  public void commit(String contentType) {
    if (!ended) {
      buffer.commit();
      image.committed(contentType);
    }
  }

  /** How much was written. */
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
