package dev.coatcheck.generator.rpc;

import dev.coatcheck.generator.image.ImageReader;
import dev.coatcheck.kit.grpc.StreamPings;
import dev.coatcheck.v1.Settlement;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's side of one call that answers with an image: takes the one request, begins the
 * pickup, and leaves the rest to a {@link ChunkSender}.
 *
 * <p>Written on gRPC's call layer and not on its stubs, because only that tells when the last byte
 * was written ({@link #onComplete}), and takes a marshaller of our own.
 *
 * <p><b>Threading:</b> gRPC calls one method at a time; the pickup may begin on any thread.
 */
final class DownloadCall<ReqT> extends ServerCall.Listener<ReqT> {

  /**
   * A pickup that begins.
   *
   * @param name of the image
   * @param settlement who says how it ended
   * @param reader comes, or a refusal does
   */
  record Beginning(String name, Settlement settlement, CompletableFuture<ImageReader> reader) {}

  private static final Logger log = LoggerFactory.getLogger(DownloadCall.class);

  private final ServerCall<ReqT, ChunkMarshaller.Outgoing> call;
  private final Function<ReqT, Beginning> begin;
  private final StreamPings pings;

  // state: guarded by this
  private @Nullable ReqT request;
  private @Nullable ChunkSender sender;
  private boolean over;

  private DownloadCall(
      ServerCall<ReqT, ChunkMarshaller.Outgoing> call, Function<ReqT, Beginning> begin) {
    this.call = call;
    this.begin = begin;
    this.pings = StreamPings.of(call);
  }

  /** Answers calls by what {@code begin} makes of their request; it may throw a refusal. */
  static <ReqT> ServerCallHandler<ReqT, ChunkMarshaller.Outgoing> handler(
      Function<ReqT, Beginning> begin) {
    return (call, _) -> {
      call.request(2); // one, and the proof that there is no second
      return new DownloadCall<>(call, begin);
    };
  }

  @Override
  public synchronized void onMessage(ReqT message) {
    if (request != null) {
      refuse(CreateOptions.invalid("request", "two", "one"));
    }
    request = message;
  }

  @Override
  public void onHalfClose() {
    ReqT asked;
    synchronized (this) {
      asked = request;
    }
    if (asked == null) {
      refuse(CreateOptions.invalid("request", "none", "one"));
      return;
    }
    Beginning beginning;
    try {
      beginning = begin.apply(asked);
    } catch (RuntimeException e) {
      refuse(e);
      return;
    }
    beginning
        .reader()
        .whenComplete((reader, refusal) -> {
          if (refusal != null) {
            refuse(refusal);
          } else {
            begun(beginning, reader);
          }
        });
  }

  private void begun(Beginning beginning, ImageReader reader) {
    ChunkSender begun;
    synchronized (this) {
      if (over) {
        reader.close();
        return;
      }
      begun = new ChunkSender(call, beginning.name(), reader, pings, beginning.settlement());
      sender = begun;
    }
    begun.start();
  }

  private void refuse(Throwable refusal) {
    StatusRuntimeException status = StatusMapper.toStatus(refusal);
    if (status.getCause() != null) {
      log.error("a download failed", status.getCause());
    }
    Metadata trailers = status.getTrailers();
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
    }
    call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
  }

  @Override
  public void onReady() {
    ChunkSender current = sender();
    if (current != null) {
      current.work();
    }
  }

  @Override
  public void onComplete() {
    over();
  }

  @Override
  public void onCancel() {
    over();
  }

  private void over() {
    ChunkSender current;
    synchronized (this) {
      over = true;
      current = sender;
    }
    if (current != null) {
      current.over();
    }
  }

  private synchronized @Nullable ChunkSender sender() {
    return sender;
  }
}
