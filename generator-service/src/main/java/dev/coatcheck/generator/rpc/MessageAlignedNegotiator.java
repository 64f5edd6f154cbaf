package dev.coatcheck.generator.rpc;

import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Connection;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.StreamByteDistributor;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.WeightedFairQueueByteDistributor;
import io.grpc.netty.shaded.io.netty.util.AsciiString;

/**
 * HTTP/2 without TLS, on which downloads take turns by whole messages, and their bytes leave from
 * where they lie ({@link ZeroCopyAllocator}). gRPC's own turns are 16 KiB, which would cut each
 * message into sixteen frames whenever two downloads share a connection, however wide the frames
 * may be.
 *
 * <p>gRPC has no public way to its connection; this is the one that it keeps for its own
 * transports.
 */
public final class MessageAlignedNegotiator
    implements InternalProtocolNegotiator.ProtocolNegotiator {

  private final InternalProtocolNegotiator.ProtocolNegotiator plaintext =
      InternalProtocolNegotiators.serverPlaintext();

  private MessageAlignedNegotiator() {}

  /** What the connections of a server begin with. */
  public static InternalProtocolNegotiator.ProtocolNegotiator negotiator() {
    return new MessageAlignedNegotiator();
  }

  @Override
  public AsciiString scheme() {
    return plaintext.scheme();
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler handler) {
    Http2Connection connection = handler.connection();
    connection
        .remote()
        .flowController(
            new DefaultHttp2RemoteFlowController(
                connection, new MessageQuantumDistributor(connection)));
    return new Lending(plaintext.newHandler(handler));
  }

  /**
   * Whose turn it is, by whole frames. What there is room for in the transport's queue is rounded
   * up, since the end of it would cut a frame; windows are kept by whoever asks.
   */
  private static final class MessageQuantumDistributor implements StreamByteDistributor {
    private final WeightedFairQueueByteDistributor fair;

    MessageQuantumDistributor(Http2Connection connection) {
      fair = new WeightedFairQueueByteDistributor(connection);
      fair.allocationQuantum(ChunkMarshaller.FULL_FRAME_BYTES);
    }

    @Override
    public boolean distribute(int roomBytes, Writer writer) throws Http2Exception {
      int frames = Math.ceilDiv(roomBytes, ChunkMarshaller.FULL_FRAME_BYTES);
      return fair.distribute(frames * ChunkMarshaller.FULL_FRAME_BYTES, writer);
    }

    @Override
    public void updateStreamableBytes(StreamState state) {
      fair.updateStreamableBytes(state);
    }

    @Override
    public void updateDependencyTree(int child, int parent, short weight, boolean exclusive) {
      fair.updateDependencyTree(child, parent, weight, exclusive);
    }
  }

  /** Has the connection's messages lent, and makes way for what negotiates. */
  private static final class Lending extends ChannelHandlerAdapter {
    private final ChannelHandler negotiation;

    Lending(ChannelHandler negotiation) {
      this.negotiation = negotiation;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      ZeroCopyAllocator.install(context.channel());
      context.pipeline().replace(this, null, negotiation);
    }
  }

  @Override
  public void close() {
    plaintext.close();
  }
}
