package dev.coatcheck.kit.grpc;

import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Connection;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameListener;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Stream;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The pings of one connection that have not been acknowledged.
 *
 * <p>A ping takes its place among the stream's data in the flow controller, as a frame of size 0:
 * written at once it would overtake what waits there for the client's window.
 *
 * <p><b>Threading:</b> the connection's event loop, but for {@link #eventLoop}.
 */
final class ConnectionPings {

  /** The upper half of each payload, so that none is taken for one of gRPC's own pings. */
  private static final long PAYLOADS = 0x636f_6174L << Integer.SIZE;

  /** With more, those of streams that have ended are forgotten: some clients acknowledge none. */
  private static final int MAX_OUTSTANDING = 128;

  private static final Duration SWEEP_INTERVAL = Duration.ofMillis(500);

  private final Channel channel;
  private final Http2Connection connection;
  private final Http2ConnectionEncoder encoder;
  private final Duration ackTimeout;

  // state
  private final Set<Ping> awaited = new HashSet<>();
  private final Map<Long, Ping> outstanding = new HashMap<>();
  private boolean sweeping;
  private int sent;

  private ConnectionPings(
      Channel channel, GrpcHttp2ConnectionHandler handler, Duration ackTimeout) {
    this.channel = channel;
    this.ackTimeout = ackTimeout;
    this.connection = handler.connection();
    this.encoder = handler.encoder();
  }

  /** Those of a new connection, which sees the acknowledgements from now on. */
  static ConnectionPings install(
      Channel channel, GrpcHttp2ConnectionHandler handler, Duration ackTimeout) {
    ConnectionPings pings = new ConnectionPings(channel, handler, ackTimeout);
    handler.decoder().frameListener(pings.listening(handler.decoder().frameListener()));
    return pings;
  }

  EventLoop eventLoop() {
    return channel.eventLoop();
  }

  /** The stream whose headers are being read. */
  int newestStream() {
    return connection.remote().lastStreamCreated();
  }

  /**
   * Sends a ping behind what was sent on a stream.
   *
   * @param onAcknowledged is given how many bytes of the stream's window were not given back. It is
   *     never called if the stream or the connection ends before.
   * @param onOverdue runs instead if the client has not acknowledged it, and the stream's window
   *     has not moved, for too long
   */
  void ping(int streamId, LongConsumer onAcknowledged, Runnable onOverdue) {
    Http2Stream stream = connection.stream(streamId);
    if (stream != null && channel.isActive()) {
      Ping ping = new Ping(stream, onAcknowledged, onOverdue);
      awaited.add(ping);
      encoder.flowController().addFlowControlled(stream, ping);
      channel.flush();
      if (!sweeping) {
        sweeping = true;
        sweepLater();
      }
    }
  }

  private void sweepLater() {
    channel.eventLoop().schedule(this::sweep, SWEEP_INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void sweep() {
    awaited.removeIf(Ping::isOver);
    List<Ping> overdue = awaited.stream().filter(Ping::isOverdue).toList();
    awaited.removeAll(overdue);
    overdue.forEach(ping -> ping.onOverdue.run());
    sweeping = !awaited.isEmpty();
    if (sweeping) {
      sweepLater();
    }
  }

  /** How many bytes of a stream's window were not given back; 0 when it is over. */
  long unreadBytes(int streamId) {
    Http2Stream stream = connection.stream(streamId);
    if (stream == null) {
      return 0;
    }
    Http2RemoteFlowController windows = encoder.flowController();
    return Math.max(0, windows.initialWindowSize() - windows.windowSize(stream));
  }

  private Http2FrameListener listening(Http2FrameListener next) {
    return new Http2FrameListenerDecorator(next) {
      @Override
      public void onPingAckRead(ChannelHandlerContext context, long payload) throws Http2Exception {
        Ping ping = outstanding.remove(payload);
        if (ping == null) {
          super.onPingAckRead(context, payload);
        } else {
          ping.acknowledged();
        }
      }
    };
  }

  private final class Ping implements Http2RemoteFlowController.FlowControlled {

    private final Http2Stream stream;
    private final LongConsumer onAcknowledged;
    private final Runnable onOverdue;

    // state
    private int windowBytes;
    private long movedNanos = System.nanoTime();

    Ping(Http2Stream stream, LongConsumer onAcknowledged, Runnable onOverdue) {
      this.stream = stream;
      this.onAcknowledged = onAcknowledged;
      this.onOverdue = onOverdue;
    }

    /** The window moves while data is written, and when the client gives it back. */
    boolean isOverdue() {
      long nowNanos = System.nanoTime();
      int newWindow = encoder.flowController().windowSize(stream);
      if (newWindow != windowBytes) {
        windowBytes = newWindow;
        movedNanos = nowNanos;
      }
      return nowNanos - movedNanos >= ackTimeout.toNanos();
    }

    boolean isOver() {
      return connection.stream(stream.id()) == null;
    }

    void acknowledged() {
      if (awaited.remove(this) && !isOver()) {
        onAcknowledged.accept(unreadBytes(stream.id()));
      }
    }

    @Override
    public int size() {
      return 0;
    }

    @Override
    public void write(ChannelHandlerContext context, int allowedBytes) {
      if (outstanding.size() >= MAX_OUTSTANDING) {
        outstanding.values().removeIf(Ping::isOver);
      }
      long payload = PAYLOADS | Integer.toUnsignedLong(sent++);
      outstanding.put(payload, this);
      encoder.writePing(context, false, payload, context.newPromise());
    }

    @Override
    public void writeComplete() {}

    @Override
    public void error(@Nullable ChannelHandlerContext context, Throwable cause) {}

    @Override
    public boolean merge(
        ChannelHandlerContext context, Http2RemoteFlowController.FlowControlled next) {
      return false;
    }
  }
}
