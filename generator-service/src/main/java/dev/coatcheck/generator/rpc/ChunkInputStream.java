package dev.coatcheck.generator.rpc;

import dev.coatcheck.generator.image.Chunk;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A message that is a few bytes of its own and then a chunk's. gRPC asks how long it is, and drains
 * it; on a transport that has {@link ZeroCopyAllocator} the chunk's bytes are lent to it where they
 * lie, and on any other they are copied.
 *
 * <p><b>Threading:</b> made and drained by the same thread.
 */
final class ChunkInputStream extends InputStream implements KnownLength, Drainable {

  private static final int SCRATCH_BYTES = 32 * 1024;
  private static final ThreadLocal<byte[]> scratch =
      ThreadLocal.withInitial(() -> new byte[SCRATCH_BYTES]);

  private final byte[] head;
  private final Chunk chunk;
  private final BorrowedBuffers loans;

  // state: the sender's thread
  private boolean drained;

  /**
   * {@code head} goes before the bytes of {@code chunk}; if these are lent, {@code loans} knows.
   */
  ChunkInputStream(byte[] head, Chunk chunk, BorrowedBuffers loans) {
    this.head = head;
    this.chunk = chunk;
    this.loans = loans;
    ZeroCopyAllocator.expectPiece();
  }

  @Override
  public int available() {
    return drained ? 0 : head.length + chunk.length();
  }

  @Override
  public int drainTo(OutputStream target) throws IOException {
    drained = true;
    @Nullable ZeroCopyBuffer buffer = ZeroCopyAllocator.forPiece();
    target.write(head);
    if (buffer != null && buffer.endsWith(head)) {
      buffer.lend(chunk);
      loans.add(buffer);
    } else {
      chunk.writeTo(target, scratch.get());
    }
    return head.length + chunk.length();
  }

  /** When it was not drained, because its call had ended: no buffer is waited for any more. */
  @Override
  public void close() {
    var _ = ZeroCopyAllocator.forPiece();
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    return read();
  }

  @Override
  public int read() {
    throw new IllegalStateException("read (expected: drainTo, which gRPC uses)");
  }
}
