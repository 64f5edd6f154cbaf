package dev.coatcheck.lambda.local.process;

import dev.coatcheck.lambda.local.invocation.FunctionFailed;
import dev.coatcheck.lambda.local.invocation.ResponseSink;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A sink whose first bytes are zeros, so that what passes it begins like no image.
 *
 * <p><b>Threading:</b> one writer, as for every sink.
 */
final class SignatureSpoiler implements ResponseSink {

  private final ResponseSink next;

  // state
  private int left = Long.BYTES;

  SignatureSpoiler(ResponseSink next) {
    this.next = next;
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException, FunctionFailed, InterruptedException {
    int zeros = Math.min(left, bytes.remaining());
    if (zeros > 0) {
      left -= zeros;
      bytes.position(bytes.position() + zeros);
      next.write(ByteBuffer.allocate(zeros));
    }
    if (bytes.hasRemaining()) {
      next.write(bytes);
    }
  }
}
