package dev.coatcheck.lambda.local;

import java.io.IOException;

/** Something that can be invoked by name. */
interface LambdaFunction {

  /**
   * Runs the function once and writes its answer to {@code sink}; a normal return is a success.
   *
   * @throws FunctionFailed if the function failed, before or after bytes of its answer were written
   * @throws IOException if the answer's taker has gone away
   */
  void invoke(Invocation invocation, ResponseSink sink)
      throws FunctionFailed, IOException, InterruptedException;

  /** How many invocations may run at once; the rest wait in order. */
  int concurrency();
}
