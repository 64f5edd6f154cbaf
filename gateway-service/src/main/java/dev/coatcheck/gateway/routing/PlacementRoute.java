package dev.coatcheck.gateway.routing;

import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The way of a create: each candidate once, until one has room. */
final class PlacementRoute implements Route {

  private final Iterator<GeneratorClient> candidates;

  // state
  private @Nullable GeneratorFailure toTell;

  PlacementRoute(Iterator<GeneratorClient> candidates) {
    this.candidates = candidates;
  }

  @Override
  public CompletableFuture<GeneratorClient> next(@Nullable GeneratorFailure failure) {
    if (failure != null) {
      if (!failure.refusedBeforeAnythingWasDone()) {
        return CompletableFuture.failedFuture(failure);
      }
      toTell = Placement.refusalToTell(toTell, failure);
    }
    if (candidates.hasNext()) {
      return CompletableFuture.completedFuture(candidates.next());
    }
    return CompletableFuture.failedFuture(
        toTell != null ? toTell : GeneratorFailure.unavailable("no generator was left to ask"));
  }
}
