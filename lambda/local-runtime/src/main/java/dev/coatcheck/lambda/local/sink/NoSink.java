package dev.coatcheck.lambda.local.sink;

import dev.coatcheck.lambda.local.invocation.AnswerSink;
import dev.coatcheck.lambda.local.invocation.FunctionFailed;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The answer of an invocation for which nobody waits. */
public final class NoSink implements AnswerSink {

  @Override
  public void write(ByteBuffer bytes) {
    bytes.position(bytes.limit());
  }

  @Override
  public void end(@Nullable FunctionFailed error) {}
}
