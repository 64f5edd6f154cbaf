package dev.coatcheck.lambda.local.sink;

import dev.coatcheck.lambda.local.http.Exchange;
import dev.coatcheck.lambda.local.invocation.AnswerSink;
import dev.coatcheck.lambda.local.invocation.FunctionFailed;
import dev.coatcheck.lambda.local.invocation.Invocation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The answer of Invoke: collected whole, up to AWS's limit, and sent when the function has ended. A
 * function's error is an answer too, under {@code X-Amz-Function-Error}.
 *
 * <p><b>Threading:</b> one writer at a time.
 */
public final class BufferedSink implements AnswerSink {

  /** AWS's limit of a buffered payload, either way (Lambda quotas: 6 MB, and room for a frame). */
  public static final int MAX_BYTES = 6_291_556;

  private final Exchange exchange;
  private final Invocation invocation;
  private final ByteArrayOutputStream collected = new ByteArrayOutputStream();

  public BufferedSink(Exchange exchange, Invocation invocation) {
    this.exchange = exchange;
    this.invocation = invocation;
  }

  @Override
  public void write(ByteBuffer bytes) throws FunctionFailed {
    if (collected.size() + bytes.remaining() > MAX_BYTES) {
      throw FunctionFailed.tooLarge(MAX_BYTES);
    }
    byte[] piece = new byte[bytes.remaining()];
    bytes.get(piece);
    collected.writeBytes(piece);
  }

  @Override
  public void end(@Nullable FunctionFailed error) throws IOException {
    if (invocation.context().wantsLog()) {
      exchange.answerHeader("X-Amz-Log-Result", invocation.log().base64());
    }
    if (error == null) {
      exchange.answer(200, "application/json", collected.toByteArray());
    } else {
      exchange.answerHeader("X-Amz-Function-Error", "Unhandled");
      exchange.answer(200, "application/json", error.details().getBytes(StandardCharsets.UTF_8));
    }
  }
}
