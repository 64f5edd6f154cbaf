package dev.coatcheck.kit.grpc;

import dev.coatcheck.kit.limits.BufferBudget;
import dev.coatcheck.kit.limits.ConnectionAdmission;
import dev.coatcheck.kit.limits.RefusalCounters;
import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.net.SocketAddress;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Builds the server of one gRPC port within its {@link GrpcPortLimits}. Where gRPC has a limit of
 * its own, that is set; the rest is done by {@link LimitingNegotiator} for connections and by
 * {@link CallLimits} for calls.
 *
 * <p><b>Lifecycle:</b> one for each port.
 */
public final class LimitedPort {

  private static final int MIN_KEEP_ALIVE_SECONDS = 5;
  private static final int MAX_CONNECTION_IDLE_MINUTES = 10;
  private static final int MIN_READ_BYTES = 64;
  private static final int INITIAL_READ_BYTES = 2048;

  private final GrpcPortLimits limits;
  private final ScheduledExecutorService scheduler;
  private final RefusalCounters refusals = new RefusalCounters();

  /**
   * A port that is not open.
   *
   * @param scheduler looks for messages that are overdue
   */
  public LimitedPort(GrpcPortLimits limits, ScheduledExecutorService scheduler) {
    this.limits = limits;
    this.scheduler = scheduler;
  }

  /** The builder of a server at {@code address} without TLS. */
  public NettyServerBuilder serverAt(SocketAddress address) {
    return serverAt(address, InternalProtocolNegotiators.serverPlaintext());
  }

  /** The builder of a server at {@code address} whose connections {@code negotiator} begins. */
  public NettyServerBuilder serverAt(
      SocketAddress address, InternalProtocolNegotiator.ProtocolNegotiator negotiator) {
    var admission = new ConnectionAdmission(limits.connections(), refusals);
    ServerCredentials credentials =
        InternalNettyServerCredentials.create(
            new LimitingNegotiator(
                new PingingNegotiator(negotiator, limits.ackTimeout()),
                limits,
                admission,
                refusals));
    var calls =
        CallLimits.start(
            limits,
            new BufferBudget(limits.maxBufferedBytes(), limits.connections().exempt(), refusals),
            refusals,
            scheduler);
    return InboundMessages.limit(NettyServerBuilder.forAddress(address, credentials))
        .maxConcurrentCallsPerConnection(limits.maxStreamsPerConnection())
        .maxInboundMetadataSize(limits.maxMetadataBytes())
        .maxRstFramesPerWindow(limits.maxFramesPerSecond(), 1)
        .flowControlWindow(limits.receiveWindowBytes())
        .maxConnectionIdle(MAX_CONNECTION_IDLE_MINUTES, TimeUnit.MINUTES)
        .permitKeepAliveTime(MIN_KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true)
        .withChildOption(ChannelOption.RECVBUF_ALLOCATOR, oneRead(limits.readBytes()))
        .addStreamTracerFactory(calls.tracers())
        .intercept(calls);
  }

  /** What was refused so far. */
  public RefusalCounters refusals() {
    return refusals;
  }

  /** One read, and the event loop goes on to the next connection. */
  private static AdaptiveRecvByteBufAllocator oneRead(int maxBytes) {
    var allocator = new AdaptiveRecvByteBufAllocator(MIN_READ_BYTES, INITIAL_READ_BYTES, maxBytes);
    allocator.maxMessagesPerRead(1);
    return allocator;
  }
}
