package dev.coatcheck.kit.grpc;

import dev.coatcheck.kit.limits.Refusal;
import dev.coatcheck.kit.limits.RefusalCounters;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelOutboundBuffer;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Connection;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameListener;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Stream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Resets the streams of one connection whose client takes nothing of what waits for it, and closes
 * the connection if its kernel takes nothing at all. To close the call would not do: its trailers
 * wait behind its messages, and until they are gone the stream, its messages and its place among
 * the calls of the port are taken.
 *
 * <p>What a client takes is what it gives back of its windows. A window itself shows nothing: that
 * of a client that reads steadily, and more slowly than it is written to, is 0 whenever one looks.
 *
 * <p><b>Threading:</b> the connection's event loop.
 */
final class StalledStreams {

  private static final int SWEEPS_PER_TIMEOUT = 8;

  /** A client that gives back less in the time-out takes nothing. */
  private static final int MIN_TAKEN_BYTES = 16 << 10;

  private final Channel channel;
  private final GrpcHttp2ConnectionHandler handler;
  private final RefusalCounters refusals;
  private final Http2Connection.PropertyKey progress;

  // state
  private int unsentId;
  private long unsentProgress;
  private int unsentSweeps;

  private StalledStreams(
      Channel channel, GrpcHttp2ConnectionHandler handler, RefusalCounters refusals) {
    this.channel = channel;
    this.handler = handler;
    this.refusals = refusals;
    this.progress = handler.connection().newKey();
  }

  /** Looks after a new connection until it is closed. */
  static void watch(
      Channel channel,
      GrpcHttp2ConnectionHandler handler,
      Duration timeout,
      RefusalCounters refusals) {
    StalledStreams streams = new StalledStreams(channel, handler, refusals);
    handler.decoder().frameListener(streams.new Windows(handler.decoder().frameListener()));
    long intervalNanos = timeout.toNanos() / SWEEPS_PER_TIMEOUT;
    Future<?> sweeps =
        channel
            .eventLoop()
            .scheduleWithFixedDelay(
                streams::sweep, intervalNanos, intervalNanos, TimeUnit.NANOSECONDS);
    channel.closeFuture().addListener(_ -> sweeps.cancel(false));
  }

  private void sweep() {
    if (isConnectionStalled()) {
      refusals.count(Refusal.STALLED);
      // Past the handlers: HTTP/2 would say goodbye, and wait for its streams.
      channel.pipeline().firstContext().close();
      return;
    }
    for (Http2Stream stream : stalledStreams()) {
      progressOf(stream).reset = true;
      refusals.count(Refusal.STALLED);
      // As if the client had broken a rule, so that gRPC cancels the call as well.
      handler.onError(
          channel.pipeline().context(handler),
          true,
          Http2Exception.streamError(
              stream.id(), Http2Error.CANCEL, "what waits for the client was not taken in time"));
    }
  }

  private boolean isConnectionStalled() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    Object first = buffer == null ? null : buffer.current();
    int id = first == null ? 0 : System.identityHashCode(first);
    long sent = buffer == null || first == null ? 0 : buffer.currentProgress();
    if (first == null || id != unsentId || sent != unsentProgress) {
      unsentId = id;
      unsentProgress = sent;
      unsentSweeps = 0;
    }
    return unsentSweeps++ >= SWEEPS_PER_TIMEOUT && first != null;
  }

  /**
   * Those whose own window is used up; or, where there are none and that of the connection is, all
   * that wait for it.
   */
  private List<Http2Stream> stalledStreams() {
    Http2RemoteFlowController windows = handler.encoder().flowController();
    Http2Stream connection = handler.connection().connectionStream();
    List<Http2Stream> byTheirOwn = new ArrayList<>();
    List<Http2Stream> byTheConnection = new ArrayList<>();
    try {
      handler
          .connection()
          .forEachActiveStream(stream -> {
            if (!windows.hasFlowControlled(stream)) {
              stream.removeProperty(progress);
            } else if (progressOf(stream).reset) {
              return true;
            } else if (windows.windowSize(stream) > 0) {
              byTheConnection.add(stream);
            } else if (progressOf(stream).sweep() >= SWEEPS_PER_TIMEOUT) {
              byTheirOwn.add(stream);
            }
            return true;
          });
    } catch (Http2Exception e) {
      throw new AssertionError(e); // the visitor throws none
    }
    boolean waits = windows.windowSize(connection) <= 0 && !byTheConnection.isEmpty();
    if (!waits || !byTheirOwn.isEmpty()) { // what is reset may make room for the others
      progressOf(connection).restart();
      return byTheirOwn;
    }
    return progressOf(connection).sweep() >= SWEEPS_PER_TIMEOUT ? byTheConnection : List.of();
  }

  private Progress progressOf(Http2Stream stream) {
    Progress known = stream.getProperty(progress);
    if (known == null) {
      known = new Progress();
      stream.setProperty(progress, known);
    }
    return known;
  }

  /** What a client gave back of one window, while something waited for it. */
  private static final class Progress {

    private int takenBytes;
    private int sweeps;
    private boolean reset;

    void took(int bytes) {
      takenBytes += Math.min(bytes, MIN_TAKEN_BYTES);
      if (takenBytes >= MIN_TAKEN_BYTES) {
        restart();
      }
    }

    void restart() {
      takenBytes = 0;
      sweeps = 0;
    }

    /** How many sweeps before this one have found too little taken. */
    int sweep() {
      return sweeps++;
    }
  }

  /** Sees what the client gives back. */
  private final class Windows extends Http2FrameListenerDecorator {

    Windows(Http2FrameListener next) {
      super(next);
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext context, int streamId, int bytes)
        throws Http2Exception {
      Http2Stream stream = handler.connection().stream(streamId);
      if (stream != null) {
        progressOf(stream).took(bytes);
      }
      super.onWindowUpdateRead(context, streamId, bytes);
    }
  }
}
