package dev.coatcheck.lambda.local.invocation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The functions by name, each with so many places: an invocation waits, in order, until its
 * function has a free one. It makes no difference by which way it came.
 *
 * <p><b>Threading:</b> any thread; {@link #run} blocks its own.
 */
public final class Functions {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, LambdaFunction> functions;
  private final Map<String, Semaphore> places;
  private final AtomicReference<Faults> faults;
  private final InvocationLog log;
  private final Clock clock;

  public Functions(
      Map<String, LambdaFunction> functions,
      AtomicReference<Faults> faults,
      InvocationLog log,
      Clock clock) {
    this.functions = Map.copyOf(functions);
    this.places =
        functions.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey,
                    function -> new Semaphore(function.getValue().concurrency(), true)));
    this.faults = faults;
    this.log = log;
    this.clock = clock;
  }

  public Clock clock() {
    return clock;
  }

  /** The function of that name. */
  public LambdaFunction get(FunctionName name) throws ApiError {
    LambdaFunction function = functions.get(name.plain());
    if (function == null) {
      throw ApiError.unknownFunction(name);
    }
    return function;
  }

  /**
   * Makes an invocation of an event.
   *
   * @throws ApiError if AWS would refuse it, or a fault orders it
   */
  public Invocation admit(String id, FunctionName name, byte[] payload, CallContext context)
      throws ApiError {
    LambdaFunction function = get(name);
    JsonNode event;
    try {
      event = JSON.readTree(payload.length == 0 ? new byte[] {'{', '}'} : payload);
    } catch (JsonProcessingException e) {
      throw ApiError.notJson(e.getOriginalMessage());
    } catch (IOException e) {
      throw new IllegalStateException("there is no input", e);
    }
    Faults spoiling = faults.get().of(name).and(function.faultsOf(event));
    if (spoiling.throttle()) {
      throw ApiError.throttled();
    }
    return new Invocation(new Invocation.Call(id, name, context), payload, event, spoiling, clock);
  }

  /**
   * Runs it once a permit is free, and sends its response and outcome.
   *
   * @param answer supplies the sink once the permit is acquired
   * @throws IOException if the answer broke off
   */
  public void run(Invocation invocation, Supplier<AnswerSink> answer)
      throws IOException, InterruptedException {
    Semaphore place = places.get(invocation.function().plain());
    LambdaFunction function = functions.get(invocation.function().plain());
    if (place == null || function == null) {
      throw new IllegalStateException(invocation.function() + " was not admitted");
    }
    log.received(invocation);
    String outcome = "BROKEN";
    place.acquire();
    try {
      AnswerSink sink = answer.get();
      invocation.log().add("START RequestId: " + invocation.id() + " Version: $LATEST");
      FunctionFailed error = invoke(function, invocation, sink);
      invocation.log().add("END RequestId: " + invocation.id());
      if (error == null) {
        sink.end(null);
        outcome = "SUCCEEDED";
      } else {
        outcome = "FAILED " + error.errorType();
        sink.end(error);
      }
    } finally {
      place.release();
      log.ended(invocation, outcome);
    }
  }

  /** Runs the function; the result is its error, if it failed. */
  private @Nullable FunctionFailed invoke(
      LambdaFunction function, Invocation invocation, ResponseSink sink)
      throws IOException, InterruptedException {
    invocation.started();
    if (invocation.faults().runTwice()) {
      Invocation again =
          invocation.again(); // now: an invocation that ended has dropped its payload
      Thread.ofVirtual().start(() -> runForNobody(function, again));
    }
    try {
      function.invoke(invocation, sink);
      return null;
    } catch (FunctionFailed e) {
      return e;
    }
  }

  private void runForNobody(LambdaFunction function, Invocation invocation) {
    String outcome = "SUCCEEDED";
    invocation.started();
    log.received(invocation);
    try {
      function.invoke(invocation, bytes -> bytes.position(bytes.limit()));
    } catch (FunctionFailed e) {
      outcome = "FAILED " + e.errorType();
    } catch (IOException | InterruptedException e) {
      outcome = "BROKEN";
    } finally {
      log.ended(invocation, outcome);
    }
  }
}
