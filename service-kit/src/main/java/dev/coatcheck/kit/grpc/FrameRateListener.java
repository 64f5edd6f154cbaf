package dev.coatcheck.kit.grpc;

import dev.coatcheck.kit.limits.FrameRate;
import dev.coatcheck.kit.limits.Refusal;
import dev.coatcheck.kit.limits.RefusalCounters;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Flags;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameListener;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Settings;

/**
 * Ends a connection by ENHANCE_YOUR_CALM that sends more control frames than its {@link FrameRate}
 * allows. Acknowledgements are not counted: they cost nothing.
 *
 * <p><b>Threading:</b> the connection's event loop.
 */
final class FrameRateListener extends Http2FrameListenerDecorator {

  private final FrameRate rate;
  private final RefusalCounters refusals;

  // state
  private boolean exceeded;

  FrameRateListener(Http2FrameListener next, FrameRate rate, RefusalCounters refusals) {
    super(next);
    this.rate = rate;
    this.refusals = refusals;
  }

  private void count() throws Http2Exception {
    if (rate.tryFrame(System.nanoTime())) {
      return;
    }
    if (!exceeded) {
      exceeded = true;
      refusals.count(Refusal.FRAME_RATE);
    }
    throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many control frames");
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext context, int streamId, ByteBuf data, int padding, boolean endOfStream)
      throws Http2Exception {
    if (data.isReadable()) {
      rate.data(data.readableBytes());
    } else if (!endOfStream) {
      count();
    }
    return super.onDataRead(context, streamId, data, padding, endOfStream);
  }

  @Override
  public void onPriorityRead(
      ChannelHandlerContext context,
      int streamId,
      int streamDependency,
      short weight,
      boolean exclusive)
      throws Http2Exception {
    count();
    super.onPriorityRead(context, streamId, streamDependency, weight, exclusive);
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext context, int streamId, long errorCode)
      throws Http2Exception {
    count();
    super.onRstStreamRead(context, streamId, errorCode);
  }

  @Override
  public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings)
      throws Http2Exception {
    count();
    super.onSettingsRead(context, settings);
  }

  @Override
  public void onPingRead(ChannelHandlerContext context, long data) throws Http2Exception {
    count();
    super.onPingRead(context, data);
  }

  @Override
  public void onWindowUpdateRead(ChannelHandlerContext context, int streamId, int increment)
      throws Http2Exception {
    count();
    super.onWindowUpdateRead(context, streamId, increment);
  }

  @Override
  public void onUnknownFrame(
      ChannelHandlerContext context,
      byte frameType,
      int streamId,
      Http2Flags flags,
      ByteBuf payload)
      throws Http2Exception {
    count();
    super.onUnknownFrame(context, frameType, streamId, flags, payload);
  }
}
