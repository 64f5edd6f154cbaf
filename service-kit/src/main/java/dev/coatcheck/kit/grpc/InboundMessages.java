package dev.coatcheck.kit.grpc;

import io.grpc.Codec;
import io.grpc.DecompressorRegistry;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;

/**
 * What a gRPC port takes in: messages that are not compressed, for methods that it serves; {@link
 * RequestIntake} sees to their size. Anything else ends its call, and leaves no stack trace in the
 * log.
 *
 * <p>Compression is refused because a few kilobytes of it become megabytes of heap before any limit
 * sees them, and images do not get smaller by it. The answer is gRPC's own, {@code UNIMPLEMENTED}.
 */
final class InboundMessages {

  private static final DecompressorRegistry IDENTITY_ALONE =
      DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, false);

  private InboundMessages() {}

  /** Limits the messages of the port that {@code server} opens, within {@link LimitedPort}. */
  static NettyServerBuilder limit(NettyServerBuilder server) {
    CallerErrorLogging.silence();
    return server
        .maxInboundMessageSize(Integer.MAX_VALUE) // RequestIntake has the limit, and a reason
        .decompressorRegistry(IDENTITY_ALONE)
        .fallbackHandlerRegistry(new UnknownMethods());
  }
}
