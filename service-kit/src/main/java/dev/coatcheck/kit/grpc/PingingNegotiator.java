package dev.coatcheck.kit.grpc;

import io.grpc.Attributes;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.ProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import java.time.Duration;

/**
 * Negotiates as another does, and has the calls of each connection find its {@link StreamPings}.
 *
 * <p>gRPC has no public way to a server's connection; this is the one that it keeps for its own
 * transports.
 */
final class PingingNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {

  private final InternalProtocolNegotiator.ProtocolNegotiator negotiator;
  private final Duration ackTimeout;

  /**
   * Decorates {@code negotiator}.
   *
   * @param ackTimeout how long a client may take to acknowledge a ping, with what its kernel holds
   *     before that
   */
  PingingNegotiator(InternalProtocolNegotiator.ProtocolNegotiator negotiator, Duration ackTimeout) {
    this.negotiator = negotiator;
    this.ackTimeout = ackTimeout;
  }

  @Override
  public AsciiString scheme() {
    return negotiator.scheme();
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler handler) {
    return new Installer(handler, negotiator.newHandler(handler), ackTimeout);
  }

  @Override
  public void close() {
    negotiator.close();
  }

  /** Adds the connection's pings to the attributes of its calls, and makes way. */
  private static final class Installer extends ChannelInboundHandlerAdapter {

    private final GrpcHttp2ConnectionHandler handler;
    private final ChannelHandler next;
    private final Duration ackTimeout;

    Installer(GrpcHttp2ConnectionHandler handler, ChannelHandler next, Duration ackTimeout) {
      this.handler = handler;
      this.next = next;
      this.ackTimeout = ackTimeout;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      if (event instanceof ProtocolNegotiationEvent negotiated) {
        Attributes attributes =
            InternalProtocolNegotiationEvent.getAttributes(negotiated).toBuilder()
                .set(
                    StreamPings.CONNECTION,
                    ConnectionPings.install(context.channel(), handler, ackTimeout))
                .build();
        context.pipeline().replace(this, null, next);
        context.fireUserEventTriggered(
            InternalProtocolNegotiationEvent.withAttributes(negotiated, attributes));
      } else {
        super.userEventTriggered(context, event);
      }
    }
  }
}
