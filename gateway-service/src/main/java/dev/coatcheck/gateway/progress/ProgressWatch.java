package dev.coatcheck.gateway.progress;

import dev.coatcheck.gateway.routing.FailureStatus;
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
 * <p><b>Threading:</b> any thread.
 */
public final class ProgressWatch {

  private final ClientCall<WatchImageRequest, WatchImageResponse> call;
  private final ProgressListener listener;

  // state, under this
  private @Nullable WatchImageResponse newest;
  private @Nullable WatchImageResponse heartbeat;

  ProgressWatch(ClientCall<WatchImageRequest, WatchImageResponse> call, ProgressListener listener) {
    this.call = call;
    this.listener = listener;
  }

  void start(String name) {
    call.start(new Listener(), new Metadata());
    listener.onStart(this);
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
    call.cancel("the watcher is gone", null);
  }

  private synchronized void keep(WatchImageResponse message) {
    if (message.hasImage()) {
      newest = message;
    } else {
      heartbeat = message;
    }
  }

  private final class Listener extends ClientCall.Listener<WatchImageResponse> {

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
      } else {
        listener.onFailure(FailureStatus.toFailure(status, trailers));
      }
    }
  }
}
