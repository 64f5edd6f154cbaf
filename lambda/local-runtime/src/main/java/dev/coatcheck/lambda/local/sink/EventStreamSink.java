package dev.coatcheck.lambda.local.sink;

import dev.coatcheck.lambda.local.http.Exchange;
import dev.coatcheck.lambda.local.invocation.AnswerSink;
import dev.coatcheck.lambda.local.invocation.FunctionFailed;
import dev.coatcheck.lambda.local.invocation.Invocation;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The answer of InvokeWithResponseStream: every piece that the function gives leaves at once as a
 * frame of its own, and the last frame carries the outcome of the function.
 *
 * <p><b>Threading:</b> one writer at a time.
 */
public final class EventStreamSink implements AnswerSink {

  /** AWS's limit of a streamed answer (Lambda quotas). */
  public static final long MAX_BYTES = 200L << 20;

  private final Exchange exchange;
  private final Invocation invocation;
  private final ByteBuffer frame = ByteBuffer.allocateDirect(EventFrames.MAX_FRAME_BYTES);

  // state
  private long taken;

  public EventStreamSink(Exchange exchange, Invocation invocation) {
    this.exchange = exchange;
    this.invocation = invocation;
    exchange.answerHeader("Content-Type", "application/vnd.amazon.eventstream");
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException, FunctionFailed {
    taken += bytes.remaining();
    if (taken > MAX_BYTES) {
      throw FunctionFailed.tooLarge(MAX_BYTES);
    }
    while (bytes.hasRemaining()) {
      EventFrames.payloadChunk(bytes, frame);
      exchange.write(frame, false);
    }
  }

  @Override
  public void end(@Nullable FunctionFailed error) throws IOException {
    String log = invocation.context().wantsLog() ? invocation.log().base64() : null;
    exchange.write(EventFrames.invokeComplete(error, log), true);
  }
}
