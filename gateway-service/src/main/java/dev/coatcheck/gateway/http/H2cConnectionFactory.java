package dev.coatcheck.gateway.http;

import dev.coatcheck.kit.limits.RefusalCounters;
import java.util.Map;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.frames.SettingsFrame;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/2 without TLS, for those who begin with it (RFC 9113, 3.3). It is not offered by {@code
 * Upgrade: h2c}, which RFC 9113 has dropped: what goes through such a tunnel is seen by no proxy
 * before it. Nor are WebSockets (RFC 8441), which come over HTTP/1.1.
 */
final class H2cConnectionFactory extends HTTP2CServerConnectionFactory {

  /** What is decoded, so that a head above the limit can be answered, by 431. */
  private static final int MAX_DECODED_HEAD_BYTES = 8 * RequestChecks.MAX_HEAD_BYTES;

  /** What clients may send ahead of what is read. */
  private static final int STREAM_WINDOW_BYTES = 128 << 10;

  private static final int CONNECTION_WINDOW_BYTES = 256 << 10;

  private final HttpLimits limits;
  private final RefusalCounters refusals;

  H2cConnectionFactory(
      HttpConfiguration configuration, HttpLimits limits, RefusalCounters refusals) {
    super(withLargerHead(configuration));
    this.limits = limits;
    this.refusals = refusals;
    setConnectProtocolEnabled(false);
    setMaxConcurrentStreams(limits.maxStreamsPerConnection());
    setInitialStreamRecvWindow(STREAM_WINDOW_BYTES);
    setInitialSessionRecvWindow(CONNECTION_WINDOW_BYTES);
    setRateControlFactory(new CountingRateControl(limits.maxFramesPerSecond(), refusals));
  }

  private static HttpConfiguration withLargerHead(HttpConfiguration configuration) {
    var larger = new HttpConfiguration(configuration);
    larger.setRequestHeaderSize(MAX_DECODED_HEAD_BYTES);
    return larger;
  }

  @Override
  protected Map<Integer, Integer> newSettings() {
    Map<Integer, Integer> settings = super.newSettings();
    settings.remove(SettingsFrame.MAX_HEADER_LIST_SIZE); // which would become the decoder's limit
    settings.remove(SettingsFrame.ENABLE_CONNECT_PROTOCOL);
    return settings;
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    Connection connection = super.newConnection(connector, endPoint);
    // that of a request, which the preface of HTTP/2 was to HTTP/1.1 at first
    endPoint.setIdleTimeout(limits.idleTimeout().toMillis());
    Http2FrameRate.limit((HTTP2Connection) connection, limits.maxFramesPerSecond(), refusals);
    if (endPoint instanceof EventLoopEndPoint loopEndPoint) {
      loopEndPoint.headComplete();
    }
    return connection;
  }

  @Override
  public @Nullable Connection upgradeConnection(
      Connector connector,
      EndPoint endPoint,
      MetaData.Request request,
      HttpFields.Mutable response) {
    return HttpMethod.PRI.is(request.getMethod())
        ? super.upgradeConnection(connector, endPoint, request, response)
        : null;
  }
}
