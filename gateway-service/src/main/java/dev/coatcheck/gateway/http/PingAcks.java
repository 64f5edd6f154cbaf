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
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.util.Callback;

/**
 * The PINGs of one HTTP/2 connection that were not acknowledged yet, and its GOAWAY.
 *
 * <p><b>Threading:</b> any thread.
 */
final class PingAcks implements HTTP2Session.FrameListener {

  private static final String ATTRIBUTE = PingAcks.class.getName();

  /** A PING is forgotten when so many more were sent: some clients acknowledge none. */
  private static final int MAX_OUTSTANDING = 1024;

  private final HTTP2Session session;
  private final AtomicLong sent = new AtomicLong();
  private final Map<Long, Runnable> outstanding = new ConcurrentHashMap<>();

  // state, any thread
  private volatile boolean goneAway;

  private PingAcks(HTTP2Session session) {
    this.session = session;
  }

  /** Those of {@code connection}, whose session is {@code session}. */
  static PingAcks of(ConnectionMetaData connection, HTTP2Session session) {
    synchronized (session) {
      if (connection.getAttribute(ATTRIBUTE) instanceof PingAcks known) {
        return known;
      }
      PingAcks created = new PingAcks(session);
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
    }
  }
}
