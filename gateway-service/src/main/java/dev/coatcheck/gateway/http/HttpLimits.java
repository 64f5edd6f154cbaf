package dev.coatcheck.gateway.http;

import dev.coatcheck.kit.limits.AddressRange;
import dev.coatcheck.kit.limits.ConnectionLimits;
import dev.coatcheck.kit.limits.PortSettings;
import java.time.Duration;
import java.util.List;

/**
 * The limits of the HTTP port.
 *
 * @param connections how many there may be
 * @param trustedProxies whose word is taken on who their clients are, and what these asked for
 * @param maxStreamsPerConnection SETTINGS_MAX_CONCURRENT_STREAMS (RFC 9113, 6.5.2)
 * @param maxRequests how many may be served at once, of all connections; more are told 503
 * @param headerTimeout for a request's head, from its first byte, or from the connection's begin
 * @param idleTimeout for how long a connection may be without a request
 * @param bodyTimeout for how long a client may be waited for while it sends a body; more for each
 *     byte of it, by {@code minUploadRate}
 * @param minUploadRate bytes a second
 * @param maxBufferedBytes of JSON bodies that are being received, all together
 * @param maxFramesPerSecond of a connection's HTTP/2 control frames, and of its resets; see {@link
 *     dev.coatcheck.kit.limits.FrameRate}
 */
public record HttpLimits(
    ConnectionLimits connections,
    List<AddressRange> trustedProxies,
    int maxStreamsPerConnection,
    int maxRequests,
    Duration headerTimeout,
    Duration idleTimeout,
    Duration bodyTimeout,
    long minUploadRate,
    long maxBufferedBytes,
    int maxFramesPerSecond) {

  private static final long MAX_BUFFERED_BYTES = 16 << 20;

  public HttpLimits {
    trustedProxies = List.copyOf(trustedProxies);
  }

  /** By what is set, of one of {@code ports} ports of a process. */
  public static HttpLimits of(
      PortSettings settings,
      int ports,
      Duration headerTimeout,
      Duration idleTimeout,
      long minUploadRate) {
    return new HttpLimits(
        settings.connectionLimits(ports),
        settings.trustedProxies(),
        settings.streams(),
        settings.calls(),
        headerTimeout,
        idleTimeout,
        settings.bodyTimeout(),
        minUploadRate,
        MAX_BUFFERED_BYTES,
        settings.http2Events());
  }
}
