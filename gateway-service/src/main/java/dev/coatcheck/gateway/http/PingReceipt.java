package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.loop.TcpInfo;
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
 * the connection breaks before. A GOAWAY says that the client ends it on purpose.
 *
 * <p>The PING waits for a moment: a client that closes the connection at the end of the stream,
 * with a PING unread, looks as one that was killed. A PING before the end of the stream was
 * rejected: some clients stop reading at the last byte of Content-Length.
 *
 * <p>What the client's HTTP/2 code has taken may wait there for its program, as far as the stream's
 * window was not given back; the program is given the time that it takes for that at its pace. A
 * client with a window of megabytes reads at once what comes, and gives the window back late.
 *
 * <p><b>Threading:</b> any thread; {@link #check} on the connection's loop.
 */
final class PingReceipt implements Receipt, ConnectionListener {

  private static final Duration PING_AFTER = Duration.ofMillis(100);
  private static final Duration MAX_READING_TIME = Duration.ofSeconds(15);
  private static final int LARGE_WINDOW_BYTES = 1 << 20;

  private final Request request;
  private final HTTP2Session session;
  private final LoopEndPoint endPoint;
  private final PingAcks pings;
  private final AtomicBoolean settled = new AtomicBoolean();

  // state, the thread that writes
  private @Nullable HTTP2Stream stream;

  // state, set before it is shared
  private long endBytes;
  private long endNanos;
  private long readingNanos;
  private @Nullable Listener listener;

  // state, the loop
  private boolean pinged;

  // state, any thread
  private volatile boolean acknowledged;

  PingReceipt(Request request, HTTP2Session session, LoopEndPoint endPoint) {
    this.request = request;
    this.session = session;
    this.endPoint = endPoint;
    this.pings = PingAcks.of(request.getConnectionMetaData(), session);
  }

  @Override
  public void beforeLast() {
    HTTP2Stream open = session.getStream(Integer.parseInt(request.getId()));
    if (open != null) {
      stream = open; // the session forgets it when it has ended
    }
  }

  @Override
  public void writeLast(Response response, ByteBuffer content, Callback callback) {
    response.write(true, content, callback);
  }

  @Override
  public void await(ReadingTime pace, Listener receiptListener, Runnable done) {
    endBytes = endPoint.flushedBytes();
    endNanos = System.nanoTime();
    readingNanos = pace.of(unreadBytes(), MAX_READING_TIME).toNanos();
    listener = receiptListener;
    endPoint.await(this);
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
  public void onInput() {}

  @Override
  public void onEnd() {
    boolean acked =
        endPoint
            .tcpInfo()
            .map(info -> info.ackedBytes() >= endBytes)
            .orElse(!TcpInfo.isAvailable());
    settle(acked && (pings.hasGoneAway() || System.nanoTime() - endNanos >= readingNanos));
  }

  @Override
  public void onClosed() {
    settle(acknowledged && pings.hasGoneAway());
  }

  @Override
  public void check(long nowNanos, Duration stallTimeout) {
    long waitedNanos = nowNanos - endNanos;
    if (acknowledged) {
      if (waitedNanos >= readingNanos) {
        settle(true);
      }
    } else if (!pinged && waitedNanos >= PING_AFTER.toNanos()) {
      pinged = true;
      pings.ping(this::acknowledged);
    } else if (waitedNanos >= stallTimeout.toNanos() + readingNanos) {
      settle(false);
    }
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
      endPoint.forget(this);
      if (received) {
        outcome.received();
      } else {
        outcome.lost();
      }
    }
  }
}
