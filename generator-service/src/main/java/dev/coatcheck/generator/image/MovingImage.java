package dev.coatcheck.generator.image;

import java.nio.ByteBuffer;

/**
 * An image on its way to another generator. Nobody is served, and nothing about it changes.
 *
 * <p><b>Threading:</b> one thread at a time.
 *
 * <p><b>Ownership:</b> holds a share of the buffer until it ends.
 *
 * <p><b>Lifecycle:</b> ends exactly once: {@link #moved}, or {@link #goBack}. One that never learns
 * how its move went stays frozen until the process ends.
 */
public final class MovingImage {

  private final ImageId id;
  private final ImageMigration migration;
  private final ImageBuffer buffer;
  private final MovingPickup moving;
  private final ImageSnapshot frozen;

  // state: one thread at a time
  private boolean ended;

  MovingImage(
      ImageId id,
      ImageMigration migration,
      ImageBuffer buffer,
      MovingPickup moving,
      ImageSnapshot frozen) {
    this.id = id;
    this.migration = migration;
    this.buffer = buffer;
    this.moving = moving;
    this.frozen = frozen;
  }

  /** What it is indexed by. */
  public ImageId id() {
    return id;
  }

  /** All of it but its bytes. */
  public ImageSnapshot frozen() {
    return frozen;
  }

  /** Its bytes from {@code offset} on, at most {@code most}, at least one; until it ends. */
  public ByteBuffer piece(long offset, int most) {
    return buffer.piece(offset, most);
  }

  /** A peer owns it. It is gone from here, and its memory with it. */
  public void moved(String peer) {
    end();
    migration.moved(moving, peer);
    buffer.release();
  }

  /** No peer has it, and none will by this attempt: it is what it was before. */
  public void goBack() {
    end();
    migration.goBack(moving);
    buffer.release();
  }

  private void end() {
    if (ended) {
      throw new IllegalStateException("the move ended twice");
    }
    ended = true;
  }
}
