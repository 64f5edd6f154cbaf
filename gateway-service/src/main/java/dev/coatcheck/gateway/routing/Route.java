package dev.coatcheck.gateway.routing;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where one call goes: to one generator, and, when that answers that it is not the one, to another.
 * Each kind of call goes by one of these, whether it has one answer or many; so there is one place
 * that knows what to do with an image that has moved, and one with a generator that is full.
 *
 * <p><b>Threading:</b> one step at a time, on any thread.
 */
public interface Route {

  /**
   * Where to go now.
   *
   * @param failure what the place before said; null at first
   * @return a generator; or fails with the {@link GeneratorFailure} to tell, when there is no place
   *     left
   */
  CompletableFuture<GeneratorClient> next(@Nullable GeneratorFailure failure);
}
