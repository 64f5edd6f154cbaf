package dev.coatcheck.kit.grpc;

import dev.coatcheck.kit.limits.Refusal;
import dev.coatcheck.kit.limits.RefusalCounters;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelOutboundBuffer;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Connection;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
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
 * <p><b>Threading:</b> the connection's event loop.
 */
final class StalledStreams {

  private static final int SWEEPS_PER_TIMEOUT = 8;

  private final Channel channel;
  private final GrpcHttp2ConnectionHandler handler;
  private final Duration timeout;
  private final RefusalCounters refusals;
  private final Http2Connection.PropertyKey progress;

  // state
  private int unsentId;
  private long unsentProgress;
  private long sentNanos;

  private StalledStreams(
      Channel channel,
      GrpcHttp2ConnectionHandler handler,
      Duration timeout,
      RefusalCounters refusals) {
    this.channel = channel;
    this.handler = handler;
    this.timeout = timeout;
    this.refusals = refusals;
    this.progress = handler.connection().newKey();
  }

  /** Looks after a new connection until it is closed. */
  static void watch(
      Channel channel,
      GrpcHttp2ConnectionHandler handler,
      Duration timeout,
      RefusalCounters refusals) {
    StalledStreams streams = new StalledStreams(channel, handler, timeout, refusals);
    long intervalNanos = timeout.toNanos() / SWEEPS_PER_TIMEOUT;
    Future<?> sweeps =
        channel
            .eventLoop()
            .scheduleWithFixedDelay(
                streams::sweep, intervalNanos, intervalNanos, TimeUnit.NANOSECONDS);
    channel.closeFuture().addListener(_ -> sweeps.cancel(false));
  }

  private void sweep() {
    long nowNanos = System.nanoTime();
    if (isConnectionStalled(nowNanos)) {
      refusals.count(Refusal.STALLED);
      // Past the handlers: HTTP/2 would say goodbye, and wait for its streams.
      channel.pipeline().firstContext().close();
      return;
    }
    for (Http2Stream stream : stalledStreams(nowNanos)) {
      refusals.count(Refusal.STALLED);
      // As if the client had broken a rule, so that gRPC cancels the call as well.
      handler.onError(
          channel.pipeline().context(handler),
          true,
          Http2Exception.streamError(
              stream.id(), Http2Error.CANCEL, "what waits for the client was not taken in time"));
    }
  }

  private boolean isConnectionStalled(long nowNanos) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    Object first = buffer == null ? null : buffer.current();
    if (buffer == null || first == null) {
      unsentId = 0;
      return false;
    }
    int newId = System.identityHashCode(first);
    long newProgress = buffer.currentProgress();
    if (newId != unsentId || newProgress != unsentProgress) {
      unsentId = newId;
      unsentProgress = newProgress;
      sentNanos = nowNanos;
    }
    return nowNanos - sentNanos >= timeout.toNanos();
  }

  private List<Http2Stream> stalledStreams(long nowNanos) {
    List<Http2Stream> stalled = new ArrayList<>();
    try {
      handler
          .connection()
          .forEachActiveStream(stream -> {
            if (isStalled(stream, nowNanos)) {
              stalled.add(stream);
            }
            return true;
          });
    } catch (Http2Exception e) {
      throw new AssertionError(e); // the visitor throws none
    }
    return stalled;
  }

  /** The window moves while data is written, and when the client gives it back. */
  private boolean isStalled(Http2Stream stream, long nowNanos) {
    Http2RemoteFlowController windows = handler.encoder().flowController();
    if (!windows.hasFlowControlled(stream)) {
      stream.removeProperty(progress);
      return false;
    }
    int windowBytes = windows.windowSize(stream);
    Progress last = stream.getProperty(progress);
    if (last == null || last.windowBytes != windowBytes) {
      stream.setProperty(progress, new Progress(windowBytes, nowNanos));
      return false;
    }
    return nowNanos - last.nanos >= timeout.toNanos();
  }

  /**
   * A stream for which something waits.
   *
   * @param windowBytes its window at the sweep that found it moved
   * @param nanos when that was
   */
  private record Progress(int windowBytes, long nanos) {}
}
