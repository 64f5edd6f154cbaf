package dev.coatcheck.generator.rpc;

import dev.coatcheck.generator.image.Chunk;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.buffer.CompositeByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What one message leaves in: a little memory for its head, and behind it, once they are lent, the
 * bytes of a chunk where they lie.
 *
 * <p><b>Ownership:</b> has the chunk lent until its last reference is released, which the transport
 * does when the bytes are in the kernel, or the stream or connection is gone.
 */
final class MessageBuffer extends CompositeByteBuf {

  private static final int HEAD_BYTES = 64;

  private @Nullable Chunk lent;

  /** An empty one; the memory for the head is of {@code heads}. */
  MessageBuffer(ByteBufAllocator heads) {
    super(heads, true, Integer.MAX_VALUE);
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
    chunk.borrow();
    lent = chunk;
    for (ByteBuffer piece : chunk.pieces()) {
      addComponent(true, Unpooled.wrappedBuffer(piece));
    }
  }

  @Override
  protected void deallocate() {
    super.deallocate();
    Chunk borrowed = lent;
    if (borrowed != null) {
      lent = null;
      borrowed.giveBack();
    }
  }
}
