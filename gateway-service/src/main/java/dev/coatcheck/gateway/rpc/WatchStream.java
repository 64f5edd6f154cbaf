package dev.coatcheck.gateway.rpc;

import dev.coatcheck.gateway.progress.ProgressListener;
import dev.coatcheck.gateway.progress.ProgressWatch;
import dev.coatcheck.gateway.routing.FailureStatus;
import dev.coatcheck.gateway.routing.GeneratorFailure;
import dev.coatcheck.v1.WatchImageResponse;
import io.grpc.SynchronizationContext;
import io.grpc.stub.ServerCallStreamObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * News of an image as the messages of one gRPC call: the newest whenever the call is ready.
 *
 * <p><b>Threading:</b> everything runs by turns in one {@link SynchronizationContext}.
 */
final class WatchStream implements ProgressListener {

  private static final Logger log = LoggerFactory.getLogger(WatchStream.class);

  private final ServerCallStreamObserver<WatchImageResponse> out;
  private final SynchronizationContext turn =
      new SynchronizationContext((thread, thrown) -> log.error("a watch failed", thrown));

  // state, in turn
  private @Nullable ProgressWatch watch;
  private boolean ended;
  private boolean over;

  WatchStream(ServerCallStreamObserver<WatchImageResponse> out) {
    this.out = out;
    out.setOnReadyHandler(this::onNews);
    out.setOnCancelHandler(() -> turn.execute(this::cancel));
  }

  @Override
  public void onStart(ProgressWatch started) {
    turn.execute(() -> {
      watch = started;
      if (over) {
        started.cancel();
      }
    });
  }

  @Override
  public void onNews() {
    turn.execute(this::sendWhileReady);
  }

  @Override
  public void onEnd() {
    turn.execute(() -> {
      ended = true;
      sendWhileReady();
    });
  }

  @Override
  public void onFailure(GeneratorFailure failure) {
    turn.execute(() -> {
      if (!over) {
        over = true;
        out.onError(FailureStatus.toStatus(failure));
      }
    });
  }

  private void sendWhileReady() {
    while (!over && watch != null && out.isReady()) {
      WatchImageResponse news = watch.poll();
      if (news == null) {
        if (ended) {
          over = true;
          out.onCompleted();
        }
        return;
      }
      out.onNext(news);
    }
  }

  private void cancel() {
    over = true;
    if (watch != null) {
      watch.cancel();
    }
  }
}
