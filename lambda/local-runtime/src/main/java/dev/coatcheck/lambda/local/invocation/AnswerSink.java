package dev.coatcheck.lambda.local.invocation;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The transport's end of an answer: bytes, then one word on how the function ended. */
public interface AnswerSink extends ResponseSink {

  /** Sends what is still to be sent, and the end: a success, or the function's error. */
  void end(@Nullable FunctionFailed error) throws IOException;
}
