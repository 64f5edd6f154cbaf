package dev.coatcheck.gateway.progress;

import dev.coatcheck.gateway.routing.KeyRouter;

/**
 * Lets callers watch images, each at the generator that holds it.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class ProgressFeed {

  private final KeyRouter owners;

  public ProgressFeed(KeyRouter owners) {
    this.owners = owners;
  }

  /** Begins to tell {@code listener} of the image {@code name}, {@code images/{key}}. */
  public void watch(String name, ProgressListener listener) {
    new ProgressWatch(name, owners.route(name), listener).start();
  }
}
