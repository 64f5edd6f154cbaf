package dev.coatcheck.lambda.local.invocation;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The transport's side of a response: bytes, then the outcome of the function. */
public interface AnswerSink extends ResponseSink {

  /** Sends what is still to be sent, and the end: a success, or the function's error. */
  void end(@Nullable FunctionFailed error) throws IOException;
}
