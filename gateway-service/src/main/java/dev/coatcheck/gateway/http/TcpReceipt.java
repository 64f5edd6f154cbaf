package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.loop.TcpInfo;
import dev.coatcheck.kit.pace.ReadingTime;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A response over HTTP/1.1. Received, when the client's TCP has acknowledged all of it and then
 *
 * <ul>
 *   <li>its program sends the next request on the connection;
 *   <li>or ends the connection: a kernel sends FIN if the program has read all, and RST if it has
 *       not, perhaps a moment after a FIN;
 *   <li>or the connection stays well, which TCP's keep-alive probes show, for as long as the
 *       program may take to read what its kernel holds, and the window that its TCP offers grows no
 *       more, as it does while the program reads.
 * </ul>
 *
 * <p>A FIN that came before the end of the response is no evidence: half-closed clients exist; nor
 * is a request that was pipelined. Lost, when the connection breaks, or what is not acknowledged
 * does not become less for the stall time-out.
 *
 * <p>Without {@link TcpInfo} what is written counts as acknowledged.
 *
 * <p><b>Threading:</b> any thread; {@link #check} on the connection's loop.
 */
final class TcpReceipt implements Receipt, ConnectionListener {

  /** Linux lets a receive buffer grow to this by default. */
  private static final long MAX_UNREAD_BYTES = 6 << 20;

  /** A FIN counts as a byte that has come. */
  private static final int FIN_BYTES = 1;

  private static final Duration MIN_CONFIRMATION_TIME = Duration.ofSeconds(2);
  private static final Duration MAX_CONFIRMATION_TIME = Duration.ofSeconds(15);

  private final ObservedEndPoint endPoint;
  private final AtomicBoolean settled = new AtomicBoolean();

  // state, any thread
  private volatile boolean halfClosed;
  private volatile boolean pipelined;
  private volatile boolean requested;

  // state, set before it is shared
  private long confirmationNanos;
  private @Nullable ReceiveProgress progress;
  private @Nullable Listener listener;
  private @Nullable Runnable deferred;

  TcpReceipt(ObservedEndPoint endPoint) {
    this.endPoint = endPoint;
  }

  @Override
  public void writeLast(Response response, ByteBuffer content, Callback callback) {
    if (TcpInfo.isAvailable()) {
      Optional<TcpInfo> info = endPoint.tcpInfo();
      halfClosed = info.isPresent() && info.get().isCloseWait();
      pipelined =
          info.isPresent() && info.get().receivedBytes() > endPoint.filledBytes() + FIN_BYTES;
    }
    response.write(true, content, callback);
  }

  @Override
  public void abandon() {}

  @Override
  public void await(ReadingTime pace, Listener receiptListener, Runnable done) {
    progress = new ReceiveProgress(endPoint, endPoint.flushedBytes());
    Duration reading = pace.of(MAX_UNREAD_BYTES, MAX_CONFIRMATION_TIME);
    confirmationNanos =
        Math.min(MIN_CONFIRMATION_TIME.plus(reading).toNanos(), MAX_CONFIRMATION_TIME.toNanos());
    listener = receiptListener;
    // The HTTP server closes a connection that serves no next request, before that says anything.
    boolean isLastResponse = endPoint.isOutputShutdown();
    if (halfClosed || isLastResponse) {
      deferred = done;
    }
    endPoint.await(this);
    if (deferred == null) {
      done.run();
    } else if (!halfClosed) {
      endPoint.readToEnd();
    }
  }

  /**
   * Settles a little later, together with others, so that the request that has come is not held up;
   * but before a request that may depend on it, or the connection's end.
   */
  @Override
  public void onInput() {
    if (!requested && !pipelined && progress().isAcked()) {
      requested = true;
      endPoint.runSoon(() -> settle(true));
    }
  }

  @Override
  public void onRequest() {
    if (requested) {
      settle(true);
    }
  }

  @Override
  public void onEnd() {
    if (!progress().isAcked()) {
      halfClosed = true;
    } else if (!halfClosed) {
      endPoint.afterResetGrace(() -> settle(!endPoint.wasReset()));
    }
  }

  @Override
  public void onClosed() {
    settle(false);
  }

  /** A client whose connection is ended closes it, and so shows that it has all. */
  @Override
  public void onDrain() {
    if (!pipelined) {
      endPoint.shutdownOutput();
    }
  }

  @Override
  public void check(long nowNanos, Duration stallTimeout) {
    Optional<TcpInfo> info = endPoint.tcpInfo();
    ReceiveProgress.Stage stage = progress().look(nowNanos, stallTimeout);
    boolean isClosed = info.map(TcpInfo::isClosed).orElse(false);
    // Nobody may read the connection, who would learn of a reset.
    boolean broken = endPoint.wasReset() || (halfClosed && isClosed && !progress().isAcked());
    if (broken || stage == ReceiveProgress.Stage.STALLED) {
      settle(false);
    } else if (stage == ReceiveProgress.Stage.QUIET
        && nowNanos - progress().ackedNanos() >= confirmationNanos
        && info.map(TcpInfo::isAnswered).orElse(!TcpInfo.isAvailable())) {
      settle(true);
    }
  }

  private ReceiveProgress progress() {
    if (progress == null) {
      throw new IllegalStateException("nothing is awaited");
    }
    return progress;
  }

  private void settle(boolean received) {
    Listener outcome = listener;
    if (outcome == null || !settled.compareAndSet(false, true)) {
      return;
    }
    endPoint.forget(this);
    if (received || requested) {
      outcome.received();
    } else {
      outcome.lost();
    }
    if (deferred != null) {
      deferred.run();
    }
  }
}
