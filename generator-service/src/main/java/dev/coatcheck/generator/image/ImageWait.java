package dev.coatcheck.generator.image;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits, with no thread of its own, until something is true of an image. */
public final class ImageWait {

  private static final Duration WAIT_FOR_MOVE = Duration.ofSeconds(5);

  private ImageWait() {}

  /**
   * Completes when the image is not moving any more: it has moved, or has gone back to what it was.
   * Fails with a {@link ServiceException} when that takes too long.
   */
  public static CompletableFuture<Void> untilNotMoving(
      Image image, ScheduledExecutorService clock) {
    return until(image, () -> !image.isMoving(), WAIT_FOR_MOVE, clock)
        .thenAccept(ended -> {
          if (!ended) {
            throw new ServiceException(Refusal.moving());
          }
        });
  }

  /**
   * Completes with true as soon as {@code condition}, looked at after every change of the image,
   * holds, and with false when it did not within {@code limit}. Runs what depends on it on the
   * thread that brought the change, or on the clock's.
   */
  public static CompletableFuture<Boolean> until(
      Image image, BooleanSupplier condition, Duration limit, ScheduledExecutorService clock) {
    CompletableFuture<Boolean> met = new CompletableFuture<>();
    Runnable look =
        () -> {
          if (condition.getAsBoolean()) {
            met.complete(true);
          }
        };
    image.addListener(look);
    ScheduledFuture<?> timeout =
        clock.schedule(() -> met.complete(false), limit.toMillis(), TimeUnit.MILLISECONDS);
    met.whenComplete((_, _) -> {
      timeout.cancel(false);
      image.removeListener(look);
    });
    look.run(); // it may have changed before we listened
    return met;
  }
}
