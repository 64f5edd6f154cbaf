package dev.coatcheck.gateway.progress;

import dev.coatcheck.gateway.routing.FailureStatus;
import dev.coatcheck.gateway.routing.GeneratorClient;
import dev.coatcheck.gateway.routing.GeneratorFailure;
import dev.coatcheck.gateway.routing.Route;
import dev.coatcheck.v1.ImageServiceGrpc;
import dev.coatcheck.v1.WatchImageRequest;
import dev.coatcheck.v1.WatchImageResponse;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * One watcher's view of one image: always the newest news, never a queue. A watcher that is slow to
 * {@link #poll} misses what was overtaken, and costs one message. The alternative, to ask the
 * generator for the next news only when the last was taken, would show it news that are old.
 *
 * <p>A watch goes along with an image that moves from one generator to another.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class ProgressWatch {

  private final String name;
  private final Route route;
  private final ProgressListener listener;

  // state, under this
  private @Nullable WatchImageResponse newest;
  private @Nullable WatchImageResponse heartbeat;
  private @Nullable ClientCall<WatchImageRequest, WatchImageResponse> running;
  private boolean cancelled;

  ProgressWatch(String name, Route route, ProgressListener listener) {
    this.name = name;
    this.route = route;
    this.listener = listener;
  }

  void start() {
    next(null);
  }

  private void next(@Nullable GeneratorFailure before) {
    route
        .next(before)
        .whenComplete((client, thrown) -> {
          if (thrown != null) {
            listener.onFailure(FailureStatus.toFailure(thrown));
          } else {
            watchAt(client);
          }
        });
  }

  private void watchAt(GeneratorClient client) {
    var call = client.newCall(ImageServiceGrpc.getWatchImageMethod());
    boolean first;
    synchronized (this) {
      if (cancelled) {
        return;
      }
      first = running == null;
      running = call;
      call.start(new Listener(call), new Metadata());
    }
    if (first) {
      listener.onStart(this);
    }
    call.sendMessage(WatchImageRequest.newBuilder().setName(name).build());
    call.halfClose();
    call.request(1);
  }

  /** Takes the newest news: the image, or else a heartbeat, which has none; or null. */
  public synchronized @Nullable WatchImageResponse poll() {
    WatchImageResponse taken = newest != null ? newest : heartbeat;
    newest = null;
    heartbeat = null; // news are a sign of life, too
    return taken;
  }

  /** The watcher is gone. */
  public void cancel() {
    ClientCall<?, ?> current;
    synchronized (this) {
      cancelled = true;
      current = running;
    }
    if (current != null) {
      current.cancel("the watcher is gone", null);
    }
  }

  private synchronized boolean isCancelled() {
    return cancelled;
  }

  private synchronized void keep(WatchImageResponse message) {
    if (message.hasImage()) {
      newest = message;
    } else {
      heartbeat = message;
    }
  }

  private final class Listener extends ClientCall.Listener<WatchImageResponse> {

    private final ClientCall<WatchImageRequest, WatchImageResponse> call;

    Listener(ClientCall<WatchImageRequest, WatchImageResponse> call) {
      this.call = call;
    }

    @Override
    public void onMessage(WatchImageResponse message) {
      keep(message);
      listener.onNews();
      call.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (status.isOk()) {
        listener.onEnd();
      } else if (isCancelled()) {
        listener.onFailure(FailureStatus.toFailure(status, trailers));
      } else {
        next(FailureStatus.toFailure(status, trailers));
      }
    }
  }
}
