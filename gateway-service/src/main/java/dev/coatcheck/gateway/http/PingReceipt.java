package dev.coatcheck.gateway.http;

import dev.coatcheck.kit.pace.ReadingTime;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.http2.AbstractFlowControlStrategy;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A response over HTTP/2: received when the client has acknowledged a PING (RFC 9113, 6.7) behind
 * its last byte. The stream is ended only then, so that a client which closes the connection at the
 * end of the stream is not taken for one that was killed with the PING unread.
 *
 * <p>What the client's HTTP/2 code has taken may still wait there for its program, as far as the
 * stream's window was not given back; the program is given the time that it takes for that at its
 * pace.
 *
 * <p><b>Threading:</b> any thread.
 */
final class PingReceipt implements Receipt {

  /**
   * Most libraries hold back no more; those with larger windows read into their program at once.
   */
  private static final long MAX_UNREAD_BYTES = 256 << 10;

  private static final Duration MAX_READING_TIME = Duration.ofSeconds(1);

  private final Request request;
  private final HTTP2Session session;

  /** What fails with the response while the acknowledgement is awaited. */
  private final AtomicReference<@Nullable Callback> waiting = new AtomicReference<>();

  PingReceipt(Request request, HTTP2Session session) {
    this.request = request;
    this.session = session;
  }

  @Override
  public void beforeLast() {}

  @Override
  public void writeLast(
      Response response, ByteBuffer content, ReadingTime pace, Callback callback) {
    waiting.set(callback);
    if (content.hasRemaining()) {
      response.write(
          false,
          content,
          Callback.from(callback.getInvocationType(), () -> ping(response, pace), this::cancel));
    } else {
      ping(response, pace);
    }
  }

  private void ping(Response response, ReadingTime pace) {
    var scheduler = request.getComponents().getScheduler();
    long timeoutMillis = request.getConnectionMetaData().getConnector().getIdleTimeout();
    var timeout =
        scheduler.schedule(
            () -> cancel(new TimeoutException("the client acknowledges no PING")),
            timeoutMillis,
            TimeUnit.MILLISECONDS);
    PingAcks.of(request.getConnectionMetaData(), session)
        .ping(() -> {
          timeout.cancel();
          long nanos = readingTime(pace).toNanos();
          scheduler.schedule(() -> end(response), nanos, TimeUnit.NANOSECONDS);
        });
  }

  private Duration readingTime(ReadingTime pace) {
    Stream stream = session.getStream(Integer.parseInt(request.getId()));
    if (stream instanceof HTTP2Stream http2
        && session.getFlowControlStrategy() instanceof AbstractFlowControlStrategy windows) {
      long unreadBytes = (long) windows.getInitialStreamSendWindow() - http2.getSendWindow();
      return pace.of(Math.clamp(unreadBytes, 0, MAX_UNREAD_BYTES), MAX_READING_TIME);
    }
    return Duration.ZERO;
  }

  private void end(Response response) {
    Callback callback = waiting.getAndSet(null);
    if (callback != null) {
      response.write(true, BufferUtil.EMPTY_BUFFER, callback);
    }
  }

  @Override
  public void cancel(Throwable cause) {
    Callback callback = waiting.getAndSet(null);
    if (callback != null) {
      callback.failed(cause);
    }
  }

  @Override
  public void await(ReadingTime pace, Listener listener, Runnable done) {
    listener.received();
    done.run();
  }
}
