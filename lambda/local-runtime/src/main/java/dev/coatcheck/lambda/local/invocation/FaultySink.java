package dev.coatcheck.lambda.local.invocation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The one place where answers are spoilt: a sink that passes bytes on until its {@link Faults} say
 * otherwise. A byte count of a fault is exact: what comes before it has been passed on.
 *
 * <p><b>Threading:</b> one writer, as for every sink.
 */
final class FaultySink implements ResponseSink {

  private final Faults faults;
  private final ResponseSink next;
  private final Pacer pacer;

  // state
  private long passed;
  private @Nullable Pacer cap;

  FaultySink(Faults faults, ResponseSink next) {
    this.faults = faults;
    this.next = next;
    this.pacer = Pacer.startingNow(faults.bytesPerSecond());
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException, FunctionFailed, InterruptedException {
    int end = bytes.limit();
    do {
      strike();
      bytes.limit(bytes.position() + (int) Math.min(end - bytes.position(), untilNextStop()));
      passed += bytes.remaining();
      pacer.awaitDue(passed);
      if (cap != null) {
        cap.awaitDue(passed - faults.capAfterBytes());
      }
      next.write(bytes);
      bytes.limit(end);
    } while (bytes.hasRemaining());
    strike();
  }

  /** Does what is due at this very byte. */
  private void strike() throws IOException, FunctionFailed, InterruptedException {
    if (passed == faults.hangAtByte()) {
      Thread.sleep(Long.MAX_VALUE);
    }
    if (passed == faults.cutAtByte()) {
      throw new IOException("told to cut the answer");
    }
    if (passed == faults.failAtByte()) {
      throw FunctionFailed.of(faults.errorType(), faults.errorMessage());
    }
    if (passed == faults.capAfterBytes()) {
      cap = Pacer.startingNow(faults.capBytesPerSecond());
    }
  }

  private long untilNextStop() {
    long piece = cap != null ? cap.pieceBytes() : pacer.pieceBytes();
    return LongStream.of(
            faults.hangAtByte(), faults.cutAtByte(), faults.failAtByte(), faults.capAfterBytes())
        .filter(stop -> stop > passed)
        .map(stop -> stop - passed)
        .reduce(piece, Math::min);
  }
}
