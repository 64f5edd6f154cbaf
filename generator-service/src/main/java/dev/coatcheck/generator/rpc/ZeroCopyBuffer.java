package dev.coatcheck.generator.rpc;

import dev.coatcheck.generator.image.Chunk;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.buffer.CompositeByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * What one message leaves in: a little memory for its head, and behind it, once they are lent, the
 * bytes of a chunk where they lie.
 *
 * <p><b>Ownership:</b> has the chunk lent until its last reference is released, which the transport
 * does when the bytes are in the kernel, or the stream or connection is gone; or until it is called
 * in.
 *
 * <p><b>Threading:</b> the thread that writes it, and then its connection's event loop; {@link
 * #callIn}, any.
 */
final class ZeroCopyBuffer extends CompositeByteBuf {

  private static final int HEAD_BYTES = 64;

  private final Executor eventLoop;
  private final Semaphore spare;

  // state: one thread at a time
  private @Nullable Chunk lent;
  private int lentFrom;
  private int movedBytes;

  /**
   * An empty one of a connection; its own memory is of {@code pool}, and as many bytes of it as
   * {@code spare} has left may be taken for those that are called in.
   */
  ZeroCopyBuffer(ByteBufAllocator pool, Executor eventLoop, Semaphore spare) {
    super(pool, true, Integer.MAX_VALUE);
    this.eventLoop = eventLoop;
    this.spare = spare;
    capacity(HEAD_BYTES);
  }

  /** True when these were the last bytes that were written to it. */
  boolean endsWith(byte[] head) {
    int at = writerIndex() - head.length;
    if (at < 0) {
      return false;
    }
    for (int i = 0; i < head.length; i++) {
      if (getByte(at + i) != head[i]) {
        return false;
      }
    }
    return true;
  }

  /** Puts the bytes of {@code chunk} behind those that were written. Once. */
  void lend(Chunk chunk) {
    capacity(writerIndex());
    chunk.retain();
    lent = chunk;
    lentFrom = writerIndex();
    for (ByteBuffer piece : chunk.pieces()) {
      addComponent(true, Unpooled.wrappedBuffer(piece));
    }
  }

  /**
   * What still waits in the transport moves to memory of its own, and the chunk is given back; but
   * where no more memory may be spared for that, it stays lent.
   */
  void callIn() {
    eventLoop.execute(this::moveOut);
  }

  private void moveOut() {
    if (refCnt() == 0 || lent == null) {
      return;
    }
    int length = capacity() - lentFrom;
    if (!spare.tryAcquire(length)) {
      return;
    }
    movedBytes = length;
    ByteBuf own = alloc().directBuffer(length).writeBytes(this, lentFrom, length);
    int first = toComponentIndex(lentFrom);
    removeComponents(first, numComponents() - first);
    addComponent(false, own); // where the readers and the slices of this one expect it
    releaseChunk();
  }

  @Override
  protected void deallocate() {
    super.deallocate();
    if (movedBytes > 0) {
      spare.release(movedBytes);
    }
    releaseChunk();
  }

  private void releaseChunk() {
    Chunk borrowed = lent;
    if (borrowed != null) {
      lent = null;
      borrowed.release();
    }
  }
}
