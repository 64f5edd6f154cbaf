package dev.coatcheck.gateway.relay;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A message that is already serialised, for gRPC to send as it is. gRPC takes it through {@link
 * #drainTo} into its own buffers, before {@code sendMessage} returns.
 *
 * <p><b>Ownership:</b> reads the buffers and owns none.
 */
final class WireInputStream extends InputStream implements KnownLength, Drainable {

  private static final int COPY_BYTES = 16 << 10;

  private final List<ByteBuffer> buffers;

  // state, one thread
  private int index;

  WireInputStream(List<ByteBuffer> buffers) {
    this.buffers = buffers;
  }

  @Override
  public int available() {
    return buffers.stream().mapToInt(ByteBuffer::remaining).sum();
  }

  @Override
  public int read() {
    return advance() ? buffers.get(index).get() & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    if (!advance()) {
      return -1;
    }
    ByteBuffer buffer = buffers.get(index);
    int taken = Math.min(length, buffer.remaining());
    buffer.get(target, offset, taken);
    return taken;
  }

  @Override
  public int drainTo(OutputStream target) throws IOException {
    byte[] copy = new byte[COPY_BYTES];
    int drained = 0;
    for (int taken = read(copy, 0, copy.length); taken >= 0; taken = read(copy, 0, copy.length)) {
      target.write(copy, 0, taken);
      drained += taken;
    }
    return drained;
  }

  private boolean advance() {
    while (index < buffers.size() && !buffers.get(index).hasRemaining()) {
      index++;
    }
    return index < buffers.size();
  }
}
