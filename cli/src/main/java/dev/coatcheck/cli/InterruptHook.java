package dev.coatcheck.cli;

import dev.coatcheck.client.ImagePickup;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ends a pickup on Ctrl-C or SIGTERM, and leaves it a moment to say how to go on. */
final class InterruptHook implements AutoCloseable {

  private static final Duration MOMENT = Duration.ofSeconds(2);

  private final CountDownLatch told = new CountDownLatch(1);
  private final Thread hook;

  InterruptHook(ImagePickup pickup) {
    this.hook =
        Thread.ofPlatform()
            .name("signal")
            .unstarted(() -> {
              pickup.cancel();
              awaitTold();
            });
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Everything was said. */
  void told() {
    told.countDown();
  }

  private void awaitTold() {
    try {
      var _ = told.await(MOMENT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    told();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It runs already.
    }
  }
}
