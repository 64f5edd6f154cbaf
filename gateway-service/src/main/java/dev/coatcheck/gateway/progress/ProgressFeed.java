package dev.coatcheck.gateway.progress;

import dev.coatcheck.gateway.routing.OwnerRouter;

/**
 * Lets callers watch images, each at the generator that holds it.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class ProgressFeed {

  private final OwnerRouter owners;

  public ProgressFeed(OwnerRouter owners) {
    this.owners = owners;
  }

  /** Begins to tell {@code listener} of the image {@code name}, {@code images/{key}}. */
  public void watch(String name, ProgressListener listener) {
    new ProgressWatch(name, owners.route(name), listener).start();
  }
}
