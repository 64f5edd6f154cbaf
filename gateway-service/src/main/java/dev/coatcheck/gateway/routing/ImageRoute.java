package dev.coatcheck.gateway.routing;

import dev.coatcheck.v1.ErrorReason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The way of a call for one image. First the generator that the key names, if it is known to run;
 * where it says that the image has moved, that peer, once; and when neither has it, or does not
 * answer, wherever the {@link Locator} finds it, once.
 */
final class ImageRoute implements Route {

  private static final String PEER = "peer";

  /** Who has been waited for so long is not waited for again. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ImageLocation sealed;
  private final GeneratorDirectory directory;
  private final Locator locator;

  private final long startNanos = System.nanoTime();

  // state
  private @Nullable GeneratorClient last;
  private boolean followed;
  private boolean located;

  ImageRoute(ImageLocation sealed, GeneratorDirectory directory, Locator locator) {
    this.sealed = sealed;
    this.directory = directory;
    this.locator = locator;
  }

  @Override
  public CompletableFuture<GeneratorClient> next(@Nullable GeneratorFailure failure) {
    if (failure == null) {
      return directory.fleet().runs(sealed.address(), sealed.incarnation())
          ? CompletableFuture.completedFuture(go(directory.clientFor(sealed.address())))
          : locate(null);
    }
    if (failure.reason() == ErrorReason.IMAGE_MOVED) {
      String peer = failure.metadata().get(PEER);
      if (peer != null && !followed) {
        followed = true;
        return CompletableFuture.completedFuture(go(directory.clientFor(peer)));
      }
      return located
          ? CompletableFuture.failedFuture(
              GeneratorFailure.unavailable("the image is moving from one generator to another"))
          : locate(failure);
    }
    boolean notThere = !failure.answered() || failure.reason() == sealed.unknown();
    return notThere && !located ? locate(failure) : CompletableFuture.failedFuture(failure);
  }

  private boolean isLate() {
    return System.nanoTime() - startNanos > PATIENCE.toNanos();
  }

  private GeneratorClient go(GeneratorClient place) {
    last = place;
    return place;
  }

  private CompletableFuture<GeneratorClient> locate(@Nullable GeneratorFailure before) {
    located = true;
    return locator
        .locate(sealed)
        .exceptionallyCompose(thrown -> {
          GeneratorFailure failure = FailureStatus.toFailure(thrown);
          boolean said = before != null && before.reason() == failure.reason();
          return CompletableFuture.failedFuture(said ? before : failure); // it knew more of it
        })
        .thenCompose(place ->
            before != null && place == last && isLate()
                ? CompletableFuture.failedFuture(before)
                : CompletableFuture.completedFuture(go(place)));
  }
}
