package dev.coatcheck.gateway.routing;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Reads each big HTTP/2 data frame (RFC 9113, section 4.1) of one connection into a buffer of its
 * own, of just its size, and passes it on when it is whole. So a message of image bytes lies in one
 * piece, is written in one, and pins nothing but itself. What stands between such frames comes
 * through small buffers; the little of a big frame that comes with its header is copied.
 *
 * <p><b>Threading:</b> the connection's event loop.
 *
 * <p><b>Ownership:</b> owns the frame that is not whole yet.
 */
final class FrameAlignedReads extends ChannelInboundHandlerAdapter {

  private static final int HEADER_BYTES = 9;
  private static final int DATA = 0;

  /** A smaller frame is not worth a buffer of its own. More than a small read can have of one. */
  private static final int BIG_BYTES = 16 << 10;

  /** What is read where no big frame is expected; no more of one is copied. */
  private static final int SMALL_READ_BYTES = 2 << 10;

  /** A header and what it speaks of: what comes then is for whoever else is ready first. */
  private static final int READS_AT_ONCE = 2;

  // state
  private @Nullable ByteBuf frame; // the big one that comes, as far as it has come
  private int passing; // what is still to come of a frame that is passed on as it comes
  private int headerBytes; // how much has come of a header
  private int length; // what that says so far
  private int type;

  /** Has a connection read so, before it is opened. */
  static void readOn(Channel connection) {
    var frames = new FrameAlignedReads();
    connection.config().setRecvByteBufAllocator(frames.new Reads());
    connection.pipeline().addFirst(frames);
  }

  private FrameAlignedReads() {}

  /** Where the connection's bytes are read into. */
  private final class Reads extends DefaultMaxMessagesRecvByteBufAllocator {

    Reads() {
      super(READS_AT_ONCE);
    }

    @Override
    @SuppressWarnings("deprecation") // it is what the supertype returns
    public Handle newHandle() {
      return new MaxMessageHandle() {
        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
          ByteBuf started = frame;
          return started == null
              ? allocator.ioBuffer(SMALL_READ_BYTES, SMALL_READ_BYTES)
              : started.retainedSlice(started.writerIndex(), started.writableBytes()).clear();
        }

        @Override
        public int guess() {
          ByteBuf started = frame;
          return started == null ? SMALL_READ_BYTES : started.writableBytes();
        }
      };
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf read = (ByteBuf) message;
    ByteBuf started = frame;
    if (started == null) {
      walk(context.alloc(), read);
      context.fireChannelRead(read);
      return;
    }
    started.writerIndex(started.writerIndex() + read.readableBytes());
    read.release(); // a part of the frame
    if (!started.isWritable()) {
      frame = null;
      context.fireChannelRead(started);
    }
  }

  /** Follows the frames in {@code read}, and cuts off what it has of a big one's content. */
  private void walk(ByteBufAllocator allocator, ByteBuf read) {
    int at = read.readerIndex();
    while (at < read.writerIndex()) {
      if (passing > 0) {
        int passed = Math.min(passing, read.writerIndex() - at);
        passing -= passed;
        at += passed;
      } else if (isHeaderWhole(read.getUnsignedByte(at++))) {
        int here = read.writerIndex() - at;
        if (type == DATA && length >= BIG_BYTES && length <= LargeFrameNegotiator.FRAME_BYTES) {
          ByteBuf started = allocator.ioBuffer(length, length);
          started.writeBytes(read, at, here);
          frame = started;
          read.writerIndex(at);
        } else {
          passing = length;
        }
      }
    }
  }

  /** Takes the next byte of a header; true when that was its last. */
  private boolean isHeaderWhole(int next) {
    if (headerBytes < 3) {
      length = (headerBytes == 0 ? 0 : length << 8) | next;
    } else if (headerBytes == 3) {
      type = next;
    }
    headerBytes = (headerBytes + 1) % HEADER_BYTES;
    return headerBytes == 0;
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    drop();
    super.channelInactive(context);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    drop();
  }

  private void drop() {
    ByteBuf unfinished = frame;
    if (unfinished != null) {
      frame = null;
      unfinished.release();
    }
  }
}
