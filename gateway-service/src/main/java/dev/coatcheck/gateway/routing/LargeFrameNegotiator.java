package dev.coatcheck.gateway.routing;

import dev.coatcheck.gateway.loop.Loop;
import io.grpc.ChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.ChannelPipeline;
import io.grpc.netty.shaded.io.netty.handler.codec.ByteToMessageDecoder;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Connection;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2LocalFlowController;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Settings;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Stream;
import io.grpc.netty.shaded.io.netty.util.AsciiString;

/**
 * HTTP/2 without TLS, on which a generator may send a whole message as one data frame (RFC 9113,
 * section 6.5.2, SETTINGS_MAX_FRAME_SIZE), and whose bytes stay in the buffers that they were read
 * into.
 *
 * <p>Left to itself Netty asks for frames of 16 KiB, each of which costs the sender a header and
 * the receiver a buffer, and copies whatever follows a frame that was cut by the end of a read.
 *
 * <p>gRPC has no public way to its connection; this is the one that it keeps for its own
 * transports, so a new version of it must be tried.
 */
final class LargeFrameNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {

  /** A full message of image bytes, with gRPC's own header. */
  static final int FRAME_BYTES = 256 << 10;

  /**
   * What all downloads of a connection may have under way together, each within its own window.
   * gRPC gives it back as the bytes come, so that it bounds nothing; left to itself it is one
   * download's, and cuts the frames of the others.
   */
  private static final int CONNECTION_WINDOW_BYTES = 16 << 20;

  /**
   * Where packets are dropped, the kernel asks again after 1, 3, 7 and 15 s: who begins anew
   * instead sees sooner that a generator is back.
   */
  private static final int CONNECT_TIMEOUT_MILLIS = 2_500;

  /**
   * Else the kernel goes on sending what a connection that was given up has left, and a claim that
   * was answered 503 comes to its generator all the same, once that can be reached again.
   */
  private static final int FORGET_WHAT_WAS_NOT_SENT = 0;

  private final InternalProtocolNegotiator.ProtocolNegotiator plaintext =
      InternalProtocolNegotiators.plaintext();

  private LargeFrameNegotiator() {}

  /** The builder of a channel to {@code target}, on {@code loop}. */
  static NettyChannelBuilder channelTo(String target, Loop loop) {
    return loop.connect(NettyChannelBuilder.forTarget(target, credentials()))
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
        .withOption(ChannelOption.SO_LINGER, FORGET_WHAT_WAS_NOT_SENT)
        .proxyDetector(_ -> null); // the JVM's proxy is for what is outside of the fleet
  }

  private static ChannelCredentials credentials() {
    return InternalNettyChannelCredentials.create(
        new InternalProtocolNegotiator.ClientFactory() {
          @Override
          public InternalProtocolNegotiator.ProtocolNegotiator newNegotiator() {
            return new LargeFrameNegotiator();
          }

          @Override
          public int getDefaultPort() {
            return 80;
          }
        });
  }

  @Override
  public AsciiString scheme() {
    return plaintext.scheme();
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler connection) {
    connection.setCumulator(ByteToMessageDecoder.COMPOSITE_CUMULATOR);
    ChannelHandler negotiation = plaintext.newHandler(connection);
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void handlerAdded(ChannelHandlerContext context) {
        ChannelPipeline pipeline = context.pipeline();
        connection.connection().addListener(new Ask(connection, pipeline));
        pipeline.replace(this, null, negotiation);
        FrameAlignedReads.readOn(pipeline.channel());
      }
    };
  }

  /** Asks for wide frames, and room for many, before the first request, whose answer has them. */
  private static final class Ask extends Http2ConnectionAdapter {

    private final GrpcHttp2ConnectionHandler connection;
    private final ChannelPipeline pipeline;

    // state: the event loop
    private boolean asked;

    Ask(GrpcHttp2ConnectionHandler connection, ChannelPipeline pipeline) {
      this.connection = connection;
      this.pipeline = pipeline;
    }

    @Override
    public void onStreamAdded(Http2Stream stream) {
      if (!asked) {
        asked = true;
        ChannelHandlerContext context = pipeline.context(connection);
        var settings = new Http2Settings().maxFrameSize(FRAME_BYTES);
        var _ = connection.encoder().writeSettings(context, settings, context.newPromise());
        widen(connection.connection());
      }
    }

    private static void widen(Http2Connection connection) {
      Http2LocalFlowController windows = connection.local().flowController();
      Http2Stream whole = connection.connectionStream();
      try {
        windows.incrementWindowSize(
            whole, CONNECTION_WINDOW_BYTES - windows.initialWindowSize(whole));
      } catch (Http2Exception e) {
        throw new IllegalStateException("the connection's window could not be widened", e);
      }
    }
  }

  @Override
  public void close() {
    plaintext.close();
  }
}
