package dev.coatcheck.gateway.routing;

import com.google.protobuf.ByteString;
import dev.coatcheck.v1.IngestServiceGrpc;
import dev.coatcheck.v1.WritePartsRequest;
import dev.coatcheck.v1.WritePartsResponse;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One {@code WriteParts} stream with one part. Its bytes are copied into messages, once: the buffer
 * is the HTTP server's again at once, while gRPC may need a message for a second try.
 *
 * <p><b>Threading:</b> any thread for {@link #cancel}, one at a time for the rest. The listener is
 * called on the event loop of the channel.
 */
public final class UploadPartCall {

  private static final Logger log = LoggerFactory.getLogger(UploadPartCall.class);

  /** A generator takes messages of twice that. */
  private static final int MAX_DATA_BYTES = 128 << 10;

  /** Who writes the part. {@link #onWritten} or {@link #onFailure} comes last, and once. */
  public interface Listener {

    /** The call may be ready again; a hint. */
    void onReady();

    /** The part is in memory. */
    void onWritten();

    /** It is not; perhaps told before all of it was sent. */
    void onFailure(GeneratorFailure failure);
  }

  private final Route route;
  private final WritePartsRequest first;
  private final SynchronizationContext turn =
      new SynchronizationContext((thread, thrown) -> log.error("an upload failed", thrown));

  // state, in turn
  private boolean cancelled;

  // state, set in turn
  private volatile @Nullable ClientCall<WritePartsRequest, WritePartsResponse> call;
  private volatile boolean finished;

  UploadPartCall(Route route, WritePartsRequest first) {
    this.route = route;
    this.first = first;
  }

  /**
   * Finds the generator, and begins the stream, with everything but the part's bytes. A part is not
   * sent twice, so it goes to one place only.
   *
   * @return completes when bytes may follow; fails with a {@link GeneratorFailure}
   */
  public CompletableFuture<Void> start(Listener listener) {
    return route.next(null).thenAccept(owner -> turn.execute(() -> start(owner, listener)));
  }

  private void start(GeneratorClient owner, Listener listener) {
    if (!cancelled) {
      var started = owner.newCall(IngestServiceGrpc.getWritePartsMethod());
      call = started;
      started.start(new Answer(listener), new Metadata());
      started.request(2); // a second answer would be against the protocol, and is to be noticed
      started.sendMessage(first);
    }
  }

  /** Whether there is little enough under way that more can be sent. */
  public boolean isReady() {
    var current = call;
    return current != null && current.isReady();
  }

  /** Sends a copy of the part's next bytes. */
  public void send(ByteBuffer data) {
    while (data.hasRemaining()) {
      ByteString copy = ByteString.copyFrom(data, Math.min(data.remaining(), MAX_DATA_BYTES));
      unlessCancelled(
          current -> current.sendMessage(WritePartsRequest.newBuilder().setData(copy).build()));
    }
  }

  /** That was all of the part. */
  public void finish() {
    unlessCancelled(current -> {
      finished = true;
      current.halfClose();
    });
  }

  /** The rest of the part will not come. */
  public void cancel() {
    turn.execute(() -> {
      cancelled = true;
      var current = call;
      if (current != null) {
        current.cancel("the writer is gone", null);
      }
    });
  }

  private void unlessCancelled(Consumer<ClientCall<WritePartsRequest, WritePartsResponse>> action) {
    turn.execute(() -> {
      var current = call;
      if (!cancelled && current != null) {
        action.accept(current);
      }
    });
  }

  private final class Answer extends ClientCall.Listener<WritePartsResponse> {

    private final Listener listener;

    Answer(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void onReady() {
      listener.onReady();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (!status.isOk()) {
        listener.onFailure(FailureStatus.toFailure(status, trailers));
      } else if (finished) {
        listener.onWritten();
      } else {
        listener.onFailure(GeneratorFailure.unavailable("the generator took half a part for one"));
      }
    }
  }
}
