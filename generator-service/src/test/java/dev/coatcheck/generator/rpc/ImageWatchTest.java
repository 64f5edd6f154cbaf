package dev.coatcheck.generator.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.generator.image.Clocks;
import dev.coatcheck.generator.image.ImageId;
import dev.coatcheck.generator.image.ImageLimits;
import dev.coatcheck.generator.image.ImageOptions;
import dev.coatcheck.generator.image.ImageStore;
import dev.coatcheck.generator.image.ImageWriter;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.memory.SegmentPool;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.Image.State;
import dev.coatcheck.v1.WatchImageResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a watcher hears when the image ends at the worst moment. */
class ImageWatchTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private final SegmentPool pool = new SegmentPool(1024, 256);
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final ImageWriter writer =
      new ImageStore(pool, Clocks.SYSTEM, ImageLimits.DEFAULT, new SecureRandom())
          .create(ImageId.ofKey("key"), new ImageOptions(512, LONG, LONG, false, ""));

  @AfterEach
  void stop() {
    clock.shutdownNow();
    pool.close();
  }

  /**
   * 1. A watcher is being told that the image is made. 2. It fails, while they are. 3. They still
   * hear of that, and then no more.
   */
  @Test
  void failureWhileNewsAreToldIsTheLastNews() {
    var watcher = new FailingWatcher();

    new ImageWatch("images/key", writer.image(), watcher, clock, LONG).start();

    await().until(() -> watcher.completed);
    assertThat(watcher.states).containsExactly(State.GENERATING, State.FAILED);
  }

  /** Has the image fail while it is told the first news of it. */
  private final class FailingWatcher extends ServerCallStreamObserver<WatchImageResponse> {

    final List<State> states = new CopyOnWriteArrayList<>();
    volatile boolean completed;

    @Override
    public void onNext(WatchImageResponse news) {
      states.add(news.getImage().getState());
      if (states.size() == 1) {
        // The watch is told by this thread, which has to wait until it has told its own news.
        Thread.ofVirtual()
            .start(() -> writer.fail(Refusal.of(ErrorReason.FUNCTION_FAILED, "it failed")));
        await().until(() -> writer.image().isGone());
      }
    }

    @Override
    public void onCompleted() {
      assertThat(completed).isFalse();
      completed = true;
    }

    @Override
    public void onError(Throwable failure) {
      throw new AssertionError("there is none", failure);
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void setCompression(String compression) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void request(int count) {}
  }
}
