package dev.coatcheck.kit.grpc;

import dev.coatcheck.kit.limits.ConnectionLimits;
import dev.coatcheck.kit.limits.PortSettings;
import java.time.Duration;

/**
 * The limits of one gRPC port.
 *
 * @param connections how many there may be
 * @param maxStreamsPerConnection SETTINGS_MAX_CONCURRENT_STREAMS (RFC 9113, 6.5.2), and enforced
 *     whether or not a client acknowledges it
 * @param maxCalls how many calls may run at once, of all connections
 * @param maxMetadataBytes of a call's headers
 * @param receiveWindowBytes the flow-control window of what clients send
 * @param readBytes how much is read of a connection before the others get their turn
 * @param maxBufferedBytes of messages that are not complete, all together
 * @param messageTimeout for the request of a call, and for the next message of a stream
 * @param streamsMayPause true if only a stream's first message has to come in that time
 * @param stallTimeout how long a client may take nothing of what waits for it
 * @param ackTimeout how long a client may not acknowledge a ping
 * @param maxFramesPerSecond of a connection's control frames, and of its resets; see {@link
 *     dev.coatcheck.kit.limits.FrameRate}
 */
public record GrpcPortLimits(
    ConnectionLimits connections,
    int maxStreamsPerConnection,
    int maxCalls,
    int maxMetadataBytes,
    int receiveWindowBytes,
    int readBytes,
    long maxBufferedBytes,
    Duration messageTimeout,
    boolean streamsMayPause,
    Duration stallTimeout,
    Duration ackTimeout,
    int maxFramesPerSecond) {

  /** An acknowledgement comes behind what the client's kernel holds, which may be megabytes. */
  private static final int STALLS = 5;

  /** A gateway gives back half a window at a time, at the pace of its slowest reader. */
  private static final int FLEET_STALLS = 20;

  private static final int MAX_METADATA_BYTES = 8 << 10;
  private static final long MAX_BUFFERED_BYTES = 8 << 20;

  /** Of one of {@code ports} ports of a process that anybody may reach. */
  public static GrpcPortLimits ofPublicPort(
      PortSettings settings, int ports, Duration stallTimeout) {
    return new GrpcPortLimits(
        settings.connectionLimits(ports),
        settings.streams(),
        settings.calls(),
        MAX_METADATA_BYTES,
        64 << 10,
        16 << 10,
        MAX_BUFFERED_BYTES,
        settings.bodyTimeout(),
        false,
        stallTimeout.multipliedBy(STALLS),
        stallTimeout.multipliedBy(STALLS),
        settings.http2Events());
  }

  /**
   * Of one of {@code ports} ports that only the fleet's own processes reach: gateways relay the
   * streams of many clients over few connections, each at its client's pace.
   */
  public static GrpcPortLimits ofFleetPort(
      PortSettings settings, int ports, Duration stallTimeout) {
    return new GrpcPortLimits(
        settings.connectionLimits(ports),
        settings.streams(),
        settings.calls(),
        MAX_METADATA_BYTES,
        1 << 20,
        64 << 10,
        MAX_BUFFERED_BYTES,
        settings.bodyTimeout(),
        true,
        stallTimeout.multipliedBy(FLEET_STALLS),
        stallTimeout.multipliedBy(STALLS),
        settings.http2Events());
  }
}
