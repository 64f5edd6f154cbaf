package dev.coatcheck.gateway.http;

import dev.coatcheck.kit.limits.FrameRate;
import dev.coatcheck.kit.limits.Refusal;
import dev.coatcheck.kit.limits.RefusalCounters;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.http2.frames.FrameType;

/**
 * Ends an HTTP/2 connection by ENHANCE_YOUR_CALM that sends more WINDOW_UPDATE frames than its
 * {@link FrameRate} allows. The server's own rate control leaves out those that are valid.
 *
 * <p><b>Threading:</b> one thread at a time, which receives.
 */
final class Http2FrameRate implements HTTP2Session.FrameListener {

  private final HTTP2Connection connection;
  private final FrameRate rate;
  private final RefusalCounters refusals;

  // state, whoever receives
  private long creditedBytes;
  private boolean exceeded;

  private Http2FrameRate(HTTP2Connection connection, FrameRate rate, RefusalCounters refusals) {
    this.connection = connection;
    this.rate = rate;
    this.refusals = refusals;
  }

  /** Limits {@code connection} from now on. */
  static void limit(HTTP2Connection connection, int framesPerSecond, RefusalCounters refusals) {
    var rate = new FrameRate(framesPerSecond, System.nanoTime());
    connection.getSession().addEventListener(new Http2FrameRate(connection, rate, refusals));
  }

  @Override
  public void onIncomingFrame(Session session, Frame frame) {
    if (frame.getType() == FrameType.WINDOW_UPDATE && !exceeded && !tryFrame()) {
      exceeded = true;
      refusals.count(Refusal.FRAME_RATE);
      connection.onConnectionFailure(
          ErrorCode.ENHANCE_YOUR_CALM_ERROR.code, "too_many_window_updates");
    }
  }

  private boolean tryFrame() {
    long sentBytes = connection.getBytesOut();
    rate.data(sentBytes - creditedBytes);
    creditedBytes = sentBytes;
    return rate.tryFrame(System.nanoTime());
  }
}
