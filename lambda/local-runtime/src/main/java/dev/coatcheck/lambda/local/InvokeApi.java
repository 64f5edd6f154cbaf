package dev.coatcheck.lambda.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The two calls that invoke a function, as the AWS SDKs make them: {@code Invoke} and {@code
 * InvokeWithResponseStream}. An invocation waits, in order, until its function has a free place.
 *
 * <p><b>Threading:</b> each call has a virtual thread of its own and blocks it.
 */
final class InvokeApi extends Handler.Abstract {

  private static final Pattern BUFFERED =
      Pattern.compile("/2015-03-31/functions/([^/]+)/invocations");
  private static final Pattern STREAMED =
      Pattern.compile("/2021-11-15/functions/([^/]+)/response-streaming-invocations");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, LambdaFunction> functions;
  private final Map<String, Semaphore> places;
  private final AtomicReference<Faults> faults;
  private final InvocationLog log;
  private final Clock clock;

  InvokeApi(
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

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Exchange exchange = new Exchange(request, response);
    Matcher buffered = BUFFERED.matcher(exchange.path());
    Matcher streamed = STREAMED.matcher(exchange.path());
    boolean stream = streamed.matches();
    if ((!stream && !buffered.matches()) || !exchange.method().equals("POST")) {
      return false;
    }
    try {
      FunctionName name = FunctionName.parse((stream ? streamed : buffered).group(1));
      invoke(name, exchange, stream);
      callback.succeeded();
    } catch (IOException e) {
      if (stream) {
        exchange.begin();
      }
      exchange.hangUp();
      callback.succeeded();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      callback.failed(e);
    }
    return true;
  }

  private void invoke(FunctionName name, Exchange exchange, boolean stream)
      throws IOException, InterruptedException {
    LambdaFunction function;
    Semaphore place;
    Invocation invocation;
    try {
      function = functions.get(name.plain());
      place = places.get(name.plain());
      if (function == null || place == null) {
        throw ApiError.unknownFunction(name);
      }
      invocation = admit(name, function, exchange);
      if (invocation.faults().throttle()) {
        throw ApiError.throttled();
      }
    } catch (ApiError e) {
      exchange.answerHeader("x-amzn-errortype", e.type());
      exchange.answer(e.status(), e.toJson());
      return;
    }
    exchange.answerHeader("x-amzn-requestid", invocation.id());
    exchange.answerHeader("X-Amz-Executed-Version", "$LATEST");
    log.received(invocation);
    String outcome = "BROKEN";
    place.acquire();
    try {
      AnswerSink answer = stream ? new EventStreamSink(exchange) : new BufferedSink(exchange);
      outcome = run(function, invocation, answer);
    } finally {
      place.release();
      log.ended(invocation, outcome);
    }
  }

  private Invocation admit(FunctionName name, LambdaFunction function, Exchange exchange)
      throws ApiError, IOException {
    String type = exchange.header("X-Amz-Invocation-Type");
    if (type != null && !type.equals("RequestResponse")) {
      throw ApiError.invalid("InvocationType: " + type + " (expected: RequestResponse)");
    }
    byte @Nullable [] payload = exchange.body(BufferedSink.MAX_BYTES);
    if (payload == null) {
      throw ApiError.payloadTooLarge(BufferedSink.MAX_BYTES);
    }
    try {
      JsonNode event = JSON.readTree(payload.length == 0 ? new byte[] {'{', '}'} : payload);
      Faults spoiling = faults.get().of(name).and(function.faultsOf(event));
      return new Invocation(name, payload, event, spoiling, clock);
    } catch (JsonProcessingException e) {
      throw ApiError.notJson(e.getOriginalMessage());
    }
  }

  /** Runs the function and sends its answer and end; the result is a word for the log. */
  private String run(LambdaFunction function, Invocation invocation, AnswerSink answer)
      throws IOException, InterruptedException {
    invocation.started();
    if (invocation.faults().runTwice()) {
      Thread.ofVirtual().start(() -> runForNobody(function, invocation.again()));
    }
    FunctionFailed error = null;
    try {
      function.invoke(invocation, answer);
    } catch (FunctionFailed e) {
      error = e;
    }
    answer.end(error);
    return error == null ? "SUCCEEDED" : "FAILED " + error.errorType();
  }

  private void runForNobody(LambdaFunction function, Invocation invocation) {
    String outcome = "SUCCEEDED";
    invocation.started();
    log.received(invocation);
    try {
      function.invoke(invocation, bytes -> bytes.position(bytes.limit()));
    } catch (FunctionFailed | IOException | InterruptedException e) {
      outcome = "FAILED " + e.getMessage();
    } finally {
      log.ended(invocation, outcome);
    }
  }
}
