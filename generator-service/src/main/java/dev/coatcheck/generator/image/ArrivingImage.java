package dev.coatcheck.generator.image;

import java.nio.ByteBuffer;

/**
 * Memory that was set aside for an image which another generator hands over, and as much of it as
 * has come.
 *
 * <p><b>Threading:</b> one thread at a time.
 *
 * <p><b>Ownership:</b> holds the one share of its buffer until it ends.
 *
 * <p><b>Lifecycle:</b> ends exactly once, by {@link #keep} or {@link #discard}.
 */
public final class ArrivingImage {

  private final ImageStore store;
  private final ImageBuffer buffer;

  // state: one thread at a time
  private boolean ended;

  ArrivingImage(ImageStore store, ImageBuffer buffer) {
    this.store = store;
    this.buffer = buffer;
  }

  /**
   * Takes what comes next. Consumes the buffer.
   *
   * @return false when it is more than was announced
   */
  public boolean append(ByteBuffer bytes) {
    return buffer.append(bytes);
  }

  /** How much has come. */
  public long writtenBytes() {
    return buffer.writtenBytes();
  }

  /** Of what has come, in lower-case hex. */
  public String sha256() {
    return buffer.sha256();
  }

  /**
   * It is whole, and this generator's from now on.
   *
   * @throws ServiceException if an image of that id is held already; nothing has ended then
   */
  public Image keep(ImageId id, ImageSnapshot frozen) {
    requireNotEnded();
    var _ = buffer.finish();
    Image image = store.keep(id, frozen, buffer);
    ended = true;
    return image;
  }

  /** It will not be whole, or is not wanted: its memory goes back. */
  public void discard() {
    requireNotEnded();
    ended = true;
    buffer.release();
  }

  private void requireNotEnded() {
    if (ended) {
      throw new IllegalStateException("the arrival ended twice");
    }
  }
}
