package dev.coatcheck.cli;

import dev.coatcheck.client.CoatcheckClient;
import dev.coatcheck.client.ImagePickup;
import java.io.IOException;
import java.time.Duration;

/**
 * Asks how big an image will be, each second until somebody knows: a download that began while the
 * image was made tells it with its last byte only, and no bar can be drawn before.
 *
 * <p><b>Threading:</b> a thread of its own, from {@link #start} to {@link #close}.
 */
final class SizePoller implements AutoCloseable {

  private static final Duration EVERY = Duration.ofSeconds(1);

  private final CoatcheckClient client;
  private final ImagePickup pickup;
  private final GetOutput out;
  private final Thread thread;

  SizePoller(CoatcheckClient client, ImagePickup pickup, GetOutput out) {
    this.client = client;
    this.pickup = pickup;
    this.out = out;
    this.thread = Thread.ofPlatform().daemon().name("size").unstarted(this::ask);
  }

  void start() {
    thread.start();
  }

  private void ask() {
    long size = 0;
    while (size == 0) {
      try {
        Thread.sleep(EVERY);
        if (!pickup.name().isEmpty()) {
          size = client.image(pickup.name()).getSizeBytes();
        }
      } catch (InterruptedException e) {
        return;
      } catch (IOException e) {
        // It will be asked again, and the pickup tells what is wrong.
      }
    }
    out.size(size);
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
