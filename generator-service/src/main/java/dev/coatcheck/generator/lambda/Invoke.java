package dev.coatcheck.generator.lambda;

import com.amazonaws.services.lambda.AWSLambda;
import com.amazonaws.services.lambda.model.InvokeRequest;
import com.amazonaws.services.lambda.model.InvokeResult;
import dev.coatcheck.generator.ingest.FunctionCall;
import dev.coatcheck.generator.ingest.ImageSource;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * {@code Invoke} of the AWS SDK v1: one event, one answer. The SDK blocks, so each call has a
 * virtual thread of its own; and never tries again by itself, which would run the function again.
 *
 * <p><b>Threading:</b> any thread.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html">Invoke</a>
 */
final class Invoke implements AutoCloseable {

  private final ConcurrencyLimiter limiter;
  private final AWSLambda lambda;

  /**
   * A client of its own.
   *
   * @param atOnce how many calls may run; each has a connection
   * @param limit how much of an answer is read
   */
  Invoke(LambdaAccess access, int atOnce, ErrorBodyLimit limit) {
    this.limiter = new ConcurrencyLimiter(atOnce);
    this.lambda = access.client(atOnce, limit);
  }

  /**
   * Calls the function; {@code sink} hears of its failure, {@code answered} takes its answer. Waits
   * for a turn, but not for the answer.
   */
  ImageSource.Running start(
      FunctionCall call, ImageSource.Sink sink, Consumer<ByteBuffer> answered) {
    if (!limiter.tryAcquire()) {
      sink.fail(FunctionErrors.noTurn());
      return () -> {};
    }
    Thread caller =
        Thread.ofVirtual()
            .name("invoke")
            .start(() -> {
              try {
                invoke(call, sink, answered);
              } finally {
                limiter.release();
              }
            });
    return caller::interrupt;
  }

  private void invoke(FunctionCall call, ImageSource.Sink sink, Consumer<ByteBuffer> answered) {
    if (!sink.isWanted()) {
      return;
    }
    InvokeResult result;
    try {
      result =
          lambda.invoke(
              new InvokeRequest()
                  .withFunctionName(call.function())
                  .withPayload(FunctionEvent.json(call)));
    } catch (RuntimeException e) {
      FunctionErrors.tellOfCall(sink, e);
      return;
    }
    if (result.getFunctionError() != null) {
      sink.fail(
          FunctionErrors.ofFunction(
              FunctionError.of(result.getFunctionError(), result.getPayload().array())));
      return;
    }
    answered.accept(result.getPayload());
  }

  /** How many calls run now. */
  int running() {
    return limiter.inUse();
  }

  @Override
  public void close() {
    lambda.shutdown();
  }
}
