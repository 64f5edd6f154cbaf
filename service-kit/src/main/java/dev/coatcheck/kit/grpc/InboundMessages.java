package dev.coatcheck.kit.grpc;

import dev.coatcheck.contract.MessageLimits;
import io.grpc.Codec;
import io.grpc.DecompressorRegistry;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;

/**
 * What a gRPC port takes in: messages of at most {@link MessageLimits#MAX_INBOUND_BYTES}, not
 * compressed, for methods that it serves. Anything else ends its call, and leaves no stack trace in
 * the log.
 *
 * <p>Compression is refused because a few kilobytes of it become megabytes of heap before any limit
 * sees them, and images do not get smaller by it. The answer is gRPC's own, {@code UNIMPLEMENTED}.
 */
public final class InboundMessages {

  private static final DecompressorRegistry IDENTITY_ALONE =
      DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, false);

  private InboundMessages() {}

  /** Limits the messages of the port that {@code server} opens. */
  public static NettyServerBuilder limit(NettyServerBuilder server) {
    CallerErrorLogging.silence();
    return server
        .maxInboundMessageSize(MessageLimits.MAX_INBOUND_BYTES)
        .decompressorRegistry(IDENTITY_ALONE)
        .fallbackHandlerRegistry(new UnknownMethods());
  }
}
