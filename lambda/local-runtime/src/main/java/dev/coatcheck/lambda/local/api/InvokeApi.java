package dev.coatcheck.lambda.local.api;

import dev.coatcheck.lambda.local.http.Exchange;
import dev.coatcheck.lambda.local.invocation.ApiError;
import dev.coatcheck.lambda.local.invocation.CallContext;
import dev.coatcheck.lambda.local.invocation.FunctionName;
import dev.coatcheck.lambda.local.invocation.Functions;
import dev.coatcheck.lambda.local.invocation.Invocation;
import dev.coatcheck.lambda.local.sink.BufferedSink;
import dev.coatcheck.lambda.local.sink.EventStreamSink;
import dev.coatcheck.lambda.local.sink.NoSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The two calls that invoke a function, as the AWS SDKs make them: {@code Invoke} and {@code
 * InvokeWithResponseStream}.
 *
 * <p><b>Threading:</b> each call has a virtual thread of its own and blocks it.
 */
public final class InvokeApi extends Handler.Abstract {

  private static final Pattern BUFFERED =
      Pattern.compile("/2015-03-31/functions/([^/]+)/invocations");
  private static final Pattern STREAMED =
      Pattern.compile("/2021-11-15/functions/([^/]+)/response-streaming-invocations");

  private final Functions functions;

  public InvokeApi(Functions functions) {
    this.functions = functions;
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
      FunctionName name =
          FunctionName.parse((stream ? streamed : buffered).group(1))
              .qualified(exchange.parameter("Qualifier"));
      invoke(name, exchange, stream);
      callback.succeeded();
    } catch (IOException e) {
      if (stream) {
        exchange.begin();
      }
      exchange.abort();
      callback.succeeded();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      callback.failed(e);
    }
    return true;
  }

  private void invoke(FunctionName name, Exchange exchange, boolean stream)
      throws IOException, InterruptedException {
    String id = UUID.randomUUID().toString();
    exchange.answerHeader("x-amzn-requestid", id);
    InvokeType type;
    Invocation invocation;
    try {
      type = InvokeType.parse(exchange.header("X-Amz-Invocation-Type"), stream);
      functions.get(name);
      CallContext context = CallContext.of(exchange, functions.clock().instant());
      exchange.answerHeader(CallContext.TRACE_ID, context.traceId());
      invocation = functions.admit(id, name, payload(exchange), context);
    } catch (ApiError e) {
      exchange.answerHeader("x-amzn-errortype", e.type());
      exchange.answer(e.status(), e.toJson());
      return;
    }
    switch (type) {
      case DRY_RUN -> exchange.answer(204);
      case EVENT -> {
        Thread.ofVirtual().name("event").start(() -> runForNobody(invocation));
        exchange.answer(202);
      }
      case REQUEST_RESPONSE -> {
        exchange.answerHeader("X-Amz-Executed-Version", "$LATEST");
        functions.run(
            invocation,
            () ->
                stream
                    ? new EventStreamSink(exchange, invocation)
                    : new BufferedSink(exchange, invocation));
      }
    }
  }

  private void runForNobody(Invocation invocation) {
    try {
      functions.run(invocation, NoSink::new);
    } catch (IOException e) {
      throw new UncheckedIOException("nobody's answer cannot break off", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] payload(Exchange exchange) throws ApiError, IOException {
    byte @Nullable [] payload = exchange.body(BufferedSink.MAX_BYTES);
    if (payload == null) {
      throw ApiError.payloadTooLarge(BufferedSink.MAX_BYTES);
    }
    return payload;
  }
}
