package dev.coatcheck.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.gateway.loop.EventLoops;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class GeneratorWatchTest {

  private final EventLoops loops = EventLoops.start(1);
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final GeneratorClient client = GeneratorClient.of("127.0.0.1:1", loops);
  private final Object directory = new Object();

  @AfterEach
  void stop() {
    timer.shutdownNow();
    loops.close();
  }

  /**
   * 1. A watch starts whose call fails at once, and tells a directory that somebody has locked. 2.
   * Whoever has locked it closes the watch.
   */
  @Test
  void isClosedWhileItsNewsAreWaitedFor() throws Exception {
    client.close();
    var told = new CountDownLatch(1);
    var closed = new CountDownLatch(1);
    var watch = new GeneratorWatch(client, timer, _ -> tell(told), () -> {});

    synchronized (directory) {
      Thread starting = Thread.ofPlatform().daemon().start(watch::start);
      assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            watch.close();
            closed.countDown();
          });
      assertThat(closed.await(10, TimeUnit.SECONDS)).as("closed").isTrue();
      assertThat(starting.isAlive()).isTrue();
    }
  }

  private void tell(CountDownLatch told) {
    told.countDown();
    synchronized (directory) {
      assertThat(told.getCount()).isZero();
    }
  }
}
