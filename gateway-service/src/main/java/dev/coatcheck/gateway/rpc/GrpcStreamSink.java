package dev.coatcheck.gateway.rpc;

import dev.coatcheck.gateway.relay.RelaySink;
import dev.coatcheck.gateway.relay.RelaySource;
import dev.coatcheck.gateway.relay.RelayedChunk;
import dev.coatcheck.gateway.routing.FailureStatus;
import dev.coatcheck.gateway.routing.GeneratorFailure;
import dev.coatcheck.kit.grpc.StreamPings;
import dev.coatcheck.kit.pace.BlockedTime;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.SynchronizationContext;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An image as the messages of one gRPC call: sends each as it came, while the call is ready. The
 * port cancels the call of a caller that takes nothing more for too long.
 *
 * <p><b>Threading:</b> chunks come from the generator's event loop, the call's own events from the
 * server's; all run by turns in one {@link SynchronizationContext}, which never blocks.
 *
 * <p><b>Ownership:</b> owns the chunks from the relay until they are sent, which copies them, or
 * the call is over.
 */
final class GrpcStreamSink implements RelaySink {

  private static final Logger log = LoggerFactory.getLogger(GrpcStreamSink.class);

  private final ServerCall<?, RelayedChunk> call;
  private final StreamPings pings;
  private final SynchronizationContext turn =
      new SynchronizationContext((thread, thrown) -> log.error("a download failed", thrown));

  // state, in turn
  private final Queue<RelayedChunk> waiting = new ArrayDeque<>();
  private @Nullable RelaySource source;
  private boolean whole;
  private boolean over;
  private boolean awaitsReceipt;
  private final BlockedTime blockedTime = new BlockedTime();
  private long sentBytes;

  /** A sink of a call that is starting. */
  GrpcStreamSink(ServerCall<?, RelayedChunk> call) {
    this.call = call;
    this.pings = StreamPings.of(call);
  }

  /** The call can take a message; a hint. */
  void onReady() {
    turn.execute(this::sendWhileReady);
  }

  /** The client is gone. */
  void onCancel() {
    turn.execute(this::breakOff);
  }

  @Override
  public void start(RelaySource started) {
    turn.execute(() -> {
      source = started;
      call.sendHeaders(new Metadata());
    });
  }

  @Override
  public void head(RelayedChunk chunk) {
    data(chunk);
  }

  @Override
  public void data(RelayedChunk chunk) {
    turn.execute(() -> {
      if (over) {
        chunk.release();
      } else {
        waiting.add(chunk);
        sendWhileReady();
      }
    });
  }

  @Override
  public void last(RelayedChunk chunk) {
    turn.execute(() -> whole = true);
    data(chunk);
  }

  @Override
  public void fail(GeneratorFailure failure) {
    turn.execute(() -> close(failure));
  }

  @Override
  public void abort(GeneratorFailure failure) {
    turn.execute(() -> {
      close(failure);
      breakOff();
    });
  }

  private void sendWhileReady() {
    while (!over && !waiting.isEmpty() && call.isReady()) {
      blockedTime.end();
      RelayedChunk chunk = waiting.remove();
      long bytes = chunk.dataBytes();
      try {
        call.sendMessage(chunk);
      } finally {
        chunk.release();
      }
      sentBytes += bytes;
      if (bytes > 0 && source != null) {
        source.demand();
      }
    }
    if (!waiting.isEmpty()) {
      blockedTime.begin();
    } else if (whole && !over && !awaitsReceipt) {
      awaitsReceipt = true;
      pings.whenReceived(
          blockedTime.pace(sentBytes),
          () -> turn.execute(this::received),
          () -> turn.execute(this::lost));
    }
  }

  /** The client has all messages; before the trailers, so that it sees the image as delivered. */
  private void received() {
    if (!over && source != null) {
      over = true;
      source.written();
      source.received();
      call.close(Status.OK, new Metadata());
    }
  }

  private void lost() {
    if (!over) {
      call.close(
          Status.DEADLINE_EXCEEDED.withDescription("the image was not taken in time"),
          new Metadata());
      breakOff();
    }
  }

  private void close(GeneratorFailure failure) {
    if (!over) {
      over = true;
      StatusRuntimeException status = FailureStatus.toStatus(failure);
      Metadata trailers = status.getTrailers();
      call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
    }
  }

  private void breakOff() {
    over = true;
    waiting.forEach(RelayedChunk::release);
    waiting.clear();
    if (source != null) {
      source.broken(sentBytes);
    }
  }
}
