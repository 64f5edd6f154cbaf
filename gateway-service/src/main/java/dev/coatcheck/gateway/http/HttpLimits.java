package dev.coatcheck.gateway.http;

import dev.coatcheck.kit.limits.ConnectionLimits;
import dev.coatcheck.kit.limits.PortSettings;
import java.time.Duration;

/**
 * The limits of the HTTP port.
 *
 * @param connections how many there may be
 * @param maxStreamsPerConnection SETTINGS_MAX_CONCURRENT_STREAMS (RFC 9113, 6.5.2)
 * @param maxRequests how many may be served at once, of all connections; more are told 503
 * @param headerTimeout for a request's head, from its first byte, or from the connection's begin
 * @param bodyTimeout for how long a client may be waited for while it sends a body; more for each
 *     byte of it, by {@code minUploadRate}
 * @param minUploadRate bytes a second
 * @param maxBufferedBytes of JSON bodies that are being received, all together
 * @param maxFramesPerSecond of a connection's HTTP/2 control frames, and of its resets; see {@link
 *     dev.coatcheck.kit.limits.FrameRate}
 */
public record HttpLimits(
    ConnectionLimits connections,
    int maxStreamsPerConnection,
    int maxRequests,
    Duration headerTimeout,
    Duration bodyTimeout,
    long minUploadRate,
    long maxBufferedBytes,
    int maxFramesPerSecond) {

  private static final long MAX_BUFFERED_BYTES = 16 << 20;

  /** By what is set, of one of {@code ports} ports of a process. */
  public static HttpLimits of(
      PortSettings settings, int ports, Duration headerTimeout, long minUploadRate) {
    return new HttpLimits(
        settings.connectionLimits(ports),
        settings.streams(),
        settings.calls(),
        headerTimeout,
        settings.bodyTimeout(),
        minUploadRate,
        MAX_BUFFERED_BYTES,
        settings.http2Events());
  }
}
