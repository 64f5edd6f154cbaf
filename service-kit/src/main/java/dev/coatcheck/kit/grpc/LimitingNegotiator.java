package dev.coatcheck.kit.grpc;

import dev.coatcheck.kit.limits.ConnectionAdmission;
import dev.coatcheck.kit.limits.FrameRate;
import dev.coatcheck.kit.limits.RefusalCounters;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelOutboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ChannelPromise;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import java.net.InetSocketAddress;

/**
 * Negotiates as another does, with connections that are admitted, and limits their streams and
 * frames.
 *
 * <p>gRPC tells of a connection only when it has begun, and cannot refuse one; this is the hook
 * that its own transports use.
 */
final class LimitingNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {

  private final InternalProtocolNegotiator.ProtocolNegotiator negotiator;
  private final GrpcPortLimits limits;
  private final ConnectionAdmission admission;
  private final RefusalCounters refusals;

  LimitingNegotiator(
      InternalProtocolNegotiator.ProtocolNegotiator negotiator,
      GrpcPortLimits limits,
      ConnectionAdmission admission,
      RefusalCounters refusals) {
    this.negotiator = negotiator;
    this.limits = limits;
    this.admission = admission;
    this.refusals = refusals;
  }

  @Override
  public AsciiString scheme() {
    return negotiator.scheme();
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler handler) {
    return new Admission(handler, negotiator.newHandler(handler));
  }

  @Override
  public void close() {
    negotiator.close();
  }

  /** Admits the connection, or closes it, and makes way. */
  private final class Admission extends ChannelHandlerAdapter {

    private final GrpcHttp2ConnectionHandler handler;
    private final ChannelHandler next;

    Admission(GrpcHttp2ConnectionHandler handler, ChannelHandler next) {
      this.handler = handler;
      this.next = next;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      Channel channel = context.channel();
      AcceptLimiter.begun(channel);
      var client = (InetSocketAddress) channel.remoteAddress();
      var permit = admission.tryAdmit(client.getAddress());
      if (permit.isEmpty()) {
        channel.close();
        return;
      }
      channel.closeFuture().addListener(_ -> permit.get().close());
      // gRPC's own limit is in force only once the client has acknowledged the settings.
      handler.connection().remote().maxActiveStreams(limits.maxStreamsPerConnection());
      var rate = new FrameRate(limits.maxFramesPerSecond(), System.nanoTime());
      handler
          .decoder()
          .frameListener(new FrameRateListener(handler.decoder().frameListener(), rate, refusals));
      StalledStreams.watch(channel, handler, limits.stallTimeout(), refusals);
      context.pipeline().addFirst(new SentBytes(rate));
      context.pipeline().addLast(new ClosedForGood());
      context.pipeline().replace(this, null, next);
    }
  }

  /**
   * Keeps a close from gRPC's handler once the channel is closed. A write that fails closes the
   * channel a second time, and gRPC begins a graceful shutdown then, whose timer keeps the
   * connection's memory for ten seconds: a client that resets connections as fast as it can fills
   * the heap.
   */
  private static final class ClosedForGood extends ChannelOutboundHandlerAdapter {

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
      if (context.channel().isOpen()) {
        context.close(promise);
      } else {
        promise.trySuccess();
      }
    }
  }

  /** Sees what is sent, for which the client may give back its window. */
  private static final class SentBytes extends ChannelOutboundHandlerAdapter {

    private final FrameRate rate;

    SentBytes(FrameRate rate) {
      this.rate = rate;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      if (message instanceof ByteBuf bytes) {
        rate.data(bytes.readableBytes());
      }
      context.write(message, promise);
    }
  }
}
