package dev.coatcheck.lambda.local.invocation;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where the bytes of one answer go.
 *
 * <p><b>Threading:</b> one writer at a time.
 *
 * <p><b>Ownership:</b> the buffer is the caller's again when {@link #write} returns; its position
 * is then at its limit.
 */
public interface ResponseSink {

  /**
   * Takes the bytes and blocks until they may be forgotten: this is what holds a function back when
   * its invoker reads slowly.
   *
   * @throws IOException if the taker has gone away
   */
  void write(ByteBuffer bytes) throws IOException, FunctionFailed, InterruptedException;
}
