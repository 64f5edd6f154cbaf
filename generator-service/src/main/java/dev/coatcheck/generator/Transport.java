package dev.coatcheck.generator;

import dev.coatcheck.generator.rpc.MessageAlignedNegotiator;
import dev.coatcheck.kit.grpc.GrpcPortLimits;
import dev.coatcheck.kit.grpc.LimitedPort;
import io.grpc.BindableService;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.WriteBufferWaterMark;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.util.concurrent.ScheduledExecutorService;

/** How a generator's servers listen. */
final class Transport {

  private static final int SEND_BUFFER_BYTES = 256 * 1024;

  /** What may wait for the kernel on one connection, but for the rest of a message. */
  private static final WriteBufferWaterMark QUEUE_BYTES =
      new WriteBufferWaterMark(256 * 1024, 1024 * 1024);

  private Transport() {}

  /**
   * A server that can be asked what it serves, and whose calls run on the event loop: nothing in
   * them blocks, so nothing need hop.
   */
  static NettyServerBuilder listening(
      HostPort address, GrpcPortLimits limits, ScheduledExecutorService scheduler) {
    return new LimitedPort(limits, scheduler)
        .serverAt(address.toSocketAddress(), MessageAlignedNegotiator.negotiator())
        .directExecutor()
        .withChildOption(ChannelOption.WRITE_BUFFER_WATER_MARK, QUEUE_BYTES)
        .withChildOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
        .addService(ProtoReflectionServiceV1.newInstance())
        .addService(reflectionForOldClients());
  }

  @SuppressWarnings("deprecation") // grpcurl asks by v1alpha where it is older than 1.8.9
  private static BindableService reflectionForOldClients() {
    return io.grpc.protobuf.services.ProtoReflectionService.newInstance();
  }
}
