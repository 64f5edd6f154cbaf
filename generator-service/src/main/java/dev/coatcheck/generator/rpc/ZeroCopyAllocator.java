package dev.coatcheck.generator.rpc;

import io.grpc.netty.shaded.io.netty.buffer.AbstractByteBufAllocator;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.buffer.PooledByteBufAllocator;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.util.internal.PlatformDependent;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A connection's allocator, by which image bytes leave without being copied: gRPC asks it for a
 * message's buffer and then drains the message into that buffer, on the same thread, so a {@link
 * ChunkInputStream} can be given a buffer that borrows.
 *
 * <p>gRPC has no public way to hand a transport memory of one's own. This one leans on the order of
 * its calls only; where that differs, bytes are copied.
 *
 * <p><b>Threading:</b> any thread.
 */
final class ZeroCopyAllocator extends AbstractByteBufAllocator {

  private static final ThreadLocal<Expected> expected = ThreadLocal.withInitial(Expected::new);

  /**
   * Bytes that may be called in at once, however many streams are cut: a quarter of what Netty may
   * take. The rest is for what arrives, and for all other messages.
   */
  private static final Semaphore SPARE =
      new Semaphore(Math.clamp(PlatformDependent.maxDirectMemory() / 4, 0, Integer.MAX_VALUE));

  private final ByteBufAllocator pool = PooledByteBufAllocator.DEFAULT;
  private final Executor eventLoop;
  private final Semaphore spare;

  /** For the connection that {@code eventLoop} writes. */
  ZeroCopyAllocator(Executor eventLoop, Semaphore spare) {
    super(true);
    this.eventLoop = eventLoop;
    this.spare = spare;
  }

  /**
   * Has the messages of {@code channel} leave without a copy, if its transport looks for a buffer's
   * bytes anew for each write. Java's own keeps what it found, so that bytes could not be called in
   * from it; there they are copied.
   */
  static void install(Channel channel) {
    if (channel instanceof EpollSocketChannel) {
      channel.config().setAllocator(new ZeroCopyAllocator(channel.eventLoop(), SPARE));
    }
  }

  /** What one thread is about to drain. */
  private static final class Expected {
    private boolean piece;
    private @Nullable ZeroCopyBuffer buffer;
  }

  /** The next buffer that this thread asks for is a piece's. */
  static void expectPiece() {
    Expected mine = expected.get();
    mine.piece = true;
    mine.buffer = null;
  }

  /** The buffer that was asked for since; null if none was. It is not told again. */
  static @Nullable ZeroCopyBuffer forPiece() {
    Expected mine = expected.get();
    ZeroCopyBuffer buffer = mine.buffer;
    mine.piece = false;
    mine.buffer = null;
    return buffer;
  }

  @Override
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    Expected mine = expected.get();
    if (!mine.piece) {
      return pool.directBuffer(initialCapacity, maxCapacity);
    }
    mine.piece = false;
    mine.buffer = new ZeroCopyBuffer(pool, eventLoop, spare);
    return mine.buffer;
  }

  @Override
  protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
    return pool.heapBuffer(initialCapacity, maxCapacity);
  }

  @Override
  public boolean isDirectBufferPooled() {
    return pool.isDirectBufferPooled();
  }
}
