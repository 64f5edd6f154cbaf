package dev.coatcheck.gateway.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.http2.frames.PingFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.util.Callback;

/**
 * What the client of one HTTP/2 connection says of responses that have ended: it acknowledges the
 * PING behind one, resets its stream, or announces by GOAWAY that it ends the connection.
 *
 * <p><b>Threading:</b> any thread.
 */
final class Http2Signals implements HTTP2Session.FrameListener {

  private static final String ATTRIBUTE = Http2Signals.class.getName();

  /** A PING is forgotten when so many more were sent: some clients acknowledge none. */
  private static final int MAX_OUTSTANDING = 1024;

  private final HTTP2Session session;
  private final AtomicLong sent = new AtomicLong();
  private final Map<Long, Runnable> outstanding = new ConcurrentHashMap<>();
  private final Map<Integer, Runnable> resets = new ConcurrentHashMap<>();

  // state, any thread
  private volatile boolean goneAway;

  private Http2Signals(HTTP2Session session) {
    this.session = session;
  }

  /** Those of {@code connection}, whose session is {@code session}. */
  static Http2Signals of(ConnectionMetaData connection, HTTP2Session session) {
    synchronized (session) {
      if (connection.getAttribute(ATTRIBUTE) instanceof Http2Signals known) {
        return known;
      }
      Http2Signals created = new Http2Signals(session);
      session.addEventListener(created);
      connection.setAttribute(ATTRIBUTE, created);
      return created;
    }
  }

  /** Sends a PING behind what was written before; never runs the task if the connection ends. */
  void ping(Runnable onAcknowledged) {
    long payload = sent.incrementAndGet();
    outstanding.put(payload, onAcknowledged);
    outstanding.remove(payload - MAX_OUTSTANDING);
    session.ping(new PingFrame(payload, false), Callback.NOOP);
  }

  /** Has {@code onReset} run when the client resets a stream that has ended here. */
  void watch(int streamId, Runnable onReset) {
    resets.put(streamId, onReset);
  }

  /** Forgets what {@link #watch} was given. */
  void unwatch(int streamId) {
    resets.remove(streamId);
  }

  /** True when the client has announced that it ends the connection, and nothing is wrong. */
  boolean hasGoneAway() {
    return goneAway;
  }

  @Override
  public void onIncomingFrame(Session none, Frame frame) {
    if (frame instanceof GoAwayFrame goAway && goAway.getError() == ErrorCode.NO_ERROR.code) {
      goneAway = true;
    } else if (frame instanceof PingFrame ping && ping.isReply()) {
      Runnable onAcknowledged = outstanding.remove(ping.getPayloadAsLong());
      if (onAcknowledged != null) {
        onAcknowledged.run();
      }
    } else if (frame instanceof ResetFrame reset) {
      Runnable onReset = resets.get(reset.getStreamId());
      if (onReset != null) {
        onReset.run();
      }
    }
  }
}
