package dev.coatcheck.lambda.local.invocation;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/** Something that can be invoked by name. */
public interface LambdaFunction {

  /**
   * Runs the function once and writes its answer to {@code sink}; a normal return is a success. It
   * meters the image's bytes, and spoils them as the invocation's faults say.
   *
   * @throws FunctionFailed if the function failed, before or after bytes of its answer were written
   * @throws IOException if the answer's taker has gone away
   */
  void invoke(Invocation invocation, ResponseSink sink)
      throws FunctionFailed, IOException, InterruptedException;

  /** What the event itself wants to go wrong. */
  default Faults faultsOf(JsonNode event) {
    return Faults.NONE;
  }

  /** How many invocations may run at once; the rest wait in order. */
  int concurrency();
}
