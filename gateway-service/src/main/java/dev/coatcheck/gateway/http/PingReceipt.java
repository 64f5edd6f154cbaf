package dev.coatcheck.gateway.http;

import dev.coatcheck.kit.pace.ReadingTime;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http2.AbstractFlowControlStrategy;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A response over HTTP/2. Received, when the client has acknowledged a PING (RFC 9113, 6.7) behind
 * the end of the stream, or has ended the connection after its TCP had acknowledged all. Lost, when
 * the stream is reset or the connection breaks before. A GOAWAY says that the client ends it on
 * purpose.
 *
 * <p>The PING waits until the client's program has read what its kernel held ({@link
 * ReceiveProgress}): a client that closes the connection at the end of the stream, with a PING
 * unread, looks as one that was killed. A PING before the end of the stream was rejected: some
 * clients stop reading at the last byte of Content-Length.
 *
 * <p>What the client's HTTP/2 code has taken may wait there for its program, as far as the stream's
 * window was not given back; the program is given the time that it takes for that at its pace. A
 * client with a window of megabytes reads at once what comes, and gives the window back late.
 *
 * <p><b>Threading:</b> any thread; {@link #check} on the connection's loop.
 */
final class PingReceipt implements Receipt, ConnectionListener {

  private static final Duration MAX_READING_TIME = Duration.ofSeconds(15);
  private static final int LARGE_WINDOW_BYTES = 1 << 20;

  private final int streamId;
  private final HTTP2Session session;
  private final ObservedEndPoint endPoint;
  private final Http2Signals signals;
  private final AtomicBoolean settled = new AtomicBoolean();

  // state, the thread that writes
  private @Nullable HTTP2Stream stream;
  private volatile long endBytes;

  // state, set before it is shared
  private @Nullable ReceiveProgress progress;
  private long endNanos;
  private long readingNanos;
  private @Nullable Listener listener;

  // state, the loop
  private long pingNanos;
  private boolean pinged;

  // state, any thread
  private volatile boolean acknowledged;
  private volatile boolean reset;

  PingReceipt(Request request, HTTP2Session session, ObservedEndPoint endPoint) {
    this.streamId = Integer.parseInt(request.getId());
    this.session = session;
    this.endPoint = endPoint;
    this.signals = Http2Signals.of(request.getConnectionMetaData(), session);
  }

  @Override
  public void writeLast(Response response, ByteBuffer content, Callback callback) {
    HTTP2Stream open = session.getStream(streamId);
    if (open != null) {
      stream = open; // the session forgets it when it has ended
      signals.watch(streamId, this::onReset);
    }
    response.write(
        true,
        content,
        Callback.from(
            callback.getInvocationType(),
            () -> {
              endBytes = endPoint.flushedBytes(); // before anything else of the connection is
              callback.succeeded();
            },
            callback::failed));
  }

  @Override
  public void abandon() {
    signals.unwatch(streamId);
  }

  @Override
  public void await(ReadingTime pace, Listener receiptListener, Runnable done) {
    progress = new ReceiveProgress(endPoint, endBytes);
    endNanos = System.nanoTime();
    readingNanos = pace.of(unreadBytes(), MAX_READING_TIME).toNanos();
    listener = receiptListener;
    endPoint.await(this);
    if (reset) {
      settle(false);
    }
    done.run();
  }

  private long unreadBytes() {
    HTTP2Stream ended = stream;
    if (ended != null
        && session.getFlowControlStrategy() instanceof AbstractFlowControlStrategy windows) {
      int window = windows.getInitialStreamSendWindow();
      return window > LARGE_WINDOW_BYTES ? 0 : Math.max(0, window - ended.getSendWindow());
    }
    return 0;
  }

  @Override
  public void onInput() {
    boolean _ = progress().isAcked(); // while the connection can be looked at: it may be the last
  }

  @Override
  public void onEnd() {
    boolean orderly = signals.hasGoneAway() || System.nanoTime() - endNanos >= readingNanos;
    settle(progress().isAcked() && orderly);
  }

  @Override
  public void onClosed() {
    settle((acknowledged || progress().isAcked()) && signals.hasGoneAway());
  }

  @Override
  public void onDrain() {
    if (!pinged) {
      ping();
    }
  }

  @Override
  public void check(long nowNanos, Duration stallTimeout) {
    ReceiveProgress.Stage stage = progress().look(nowNanos, stallTimeout);
    if (acknowledged) {
      if (nowNanos - endNanos >= readingNanos) {
        settle(true);
      }
    } else if (pinged) {
      if (nowNanos - pingNanos >= stallTimeout.toNanos() + readingNanos) {
        settle(false);
      }
    } else if (stage == ReceiveProgress.Stage.STALLED) {
      settle(false);
    } else if (stage == ReceiveProgress.Stage.QUIET) {
      ping();
    }
  }

  private void ping() {
    pinged = true;
    pingNanos = System.nanoTime();
    signals.ping(this::acknowledged);
  }

  private ReceiveProgress progress() {
    if (progress == null) {
      throw new IllegalStateException("nothing is awaited");
    }
    return progress;
  }

  private void onReset() {
    reset = true;
    settle(false);
  }

  private void acknowledged() {
    acknowledged = true;
    if (System.nanoTime() - endNanos >= readingNanos) {
      settle(true);
    }
  }

  private void settle(boolean received) {
    Listener outcome = listener;
    if (outcome != null && settled.compareAndSet(false, true)) {
      signals.unwatch(streamId);
      endPoint.forget(this);
      if (received) {
        outcome.received();
      } else {
        outcome.lost();
      }
    }
  }
}
