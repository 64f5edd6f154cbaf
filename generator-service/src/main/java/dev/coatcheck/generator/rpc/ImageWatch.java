package dev.coatcheck.generator.rpc;

import dev.coatcheck.generator.image.Image;
import dev.coatcheck.generator.image.ImageState;
import dev.coatcheck.generator.image.ImageStatus;
import dev.coatcheck.v1.WatchImageResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One watcher of one image: tells it the newest state, at most ten times a second, and a heartbeat
 * when there is no news. What a slow watcher missed is left out, so nothing queues up.
 *
 * <p><b>Threading:</b> changes, the clock and the transport take turns by the watch's own lock,
 * which is held only to send one small message.
 */
final class ImageWatch {

  private static final long PAUSE_MILLIS = 100;

  private final String name;
  private final Image image;
  private final ServerCallStreamObserver<WatchImageResponse> watcher;
  private final ScheduledExecutorService clock;
  private final Duration heartbeat;
  private final Runnable changed = this::changed;

  // state: guarded by this
  private @Nullable ImageStatus told;
  private boolean pausing;
  private boolean changedMeanwhile;
  private boolean over;
  private @Nullable ScheduledFuture<?> beat;

  ImageWatch(
      String name,
      Image image,
      ServerCallStreamObserver<WatchImageResponse> watcher,
      ScheduledExecutorService clock,
      Duration heartbeat) {
    this.name = name;
    this.image = image;
    this.watcher = watcher;
    this.clock = clock;
    this.heartbeat = heartbeat;
  }

  synchronized void start() {
    watcher.setOnCancelHandler(this::end);
    watcher.setOnReadyHandler(changed);
    image.addListener(changed);
    beat =
        clock.scheduleWithFixedDelay(
            this::beat, heartbeat.toMillis(), heartbeat.toMillis(), TimeUnit.MILLISECONDS);
    changed();
  }

  private synchronized void changed() {
    if (pausing) {
      changedMeanwhile = true;
    } else {
      tell();
    }
  }

  private void tell() {
    if (over || !watcher.isReady()) {
      return; // onReady comes back here
    }
    boolean gone = image.isGone(); // first: how it went is in any status that is read later
    ImageStatus status = image.status();
    if (gone && image.tombstone().isMoved()) {
      end();
      watcher.onError(StatusMapper.toStatus(image.tombstone().refusal()));
      return;
    }
    if (!status.equals(told)) {
      told = status;
      watcher.onNext(
          WatchImageResponse.newBuilder().setImage(ImageMessages.of(name, status)).build());
      pausing = true;
      clock.schedule(this::resume, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
    if (status.state() == ImageState.FAILED || status.state() == ImageState.DELIVERED || gone) {
      end();
      watcher.onCompleted();
    }
  }

  private synchronized void resume() {
    pausing = false;
    if (changedMeanwhile) {
      changedMeanwhile = false;
      tell();
    }
  }

  private synchronized void beat() {
    if (!over && watcher.isReady()) {
      watcher.onNext(WatchImageResponse.getDefaultInstance());
    }
  }

  private synchronized void end() {
    over = true;
    image.removeListener(changed);
    if (beat != null) {
      beat.cancel(false);
    }
  }
}
