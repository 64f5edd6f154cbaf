package dev.coatcheck.generator.rpc;

import dev.coatcheck.generator.image.Chunk;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A message that is a few bytes of its own and then a chunk's, with no message object and no array
 * of their size between the segments and the transport's buffer. gRPC asks how long it is, and
 * drains it.
 *
 * <p><b>Ownership:</b> it is drained before the call that asked for it returns, so it may borrow
 * the chunk.
 */
final class PieceStream extends InputStream implements KnownLength, Drainable {

  private static final int SCRATCH_BYTES = 32 * 1024;
  private static final ThreadLocal<byte[]> scratch =
      ThreadLocal.withInitial(() -> new byte[SCRATCH_BYTES]);

  private final byte[] head;
  private final Chunk chunk;

  // state: the sender's thread
  private boolean drained;

  /** {@code head} goes before the bytes of {@code chunk}. */
  PieceStream(byte[] head, Chunk chunk) {
    this.head = head;
    this.chunk = chunk;
  }

  @Override
  public int available() {
    return drained ? 0 : head.length + chunk.length();
  }

  @Override
  public int drainTo(OutputStream target) throws IOException {
    drained = true;
    target.write(head);
    chunk.writeTo(target, scratch.get());
    return head.length + chunk.length();
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
