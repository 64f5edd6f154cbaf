package dev.coatcheck.lambda.local.url;

import dev.coatcheck.lambda.local.http.Cors;
import dev.coatcheck.lambda.local.http.Exchange;
import dev.coatcheck.lambda.local.invocation.ApiError;
import dev.coatcheck.lambda.local.invocation.CallContext;
import dev.coatcheck.lambda.local.invocation.FunctionName;
import dev.coatcheck.lambda.local.invocation.Functions;
import dev.coatcheck.lambda.local.invocation.Invocation;
import dev.coatcheck.lambda.local.sink.BufferedSink;
import java.io.IOException;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A URL for each function, by which a browser runs it and gets what it streams, in AWS's mode
 * {@code RESPONSE_STREAM}. On AWS each has a host of its own; here they are {@code
 * /url/{function}/}.
 *
 * <p><b>Threading:</b> each request has a virtual thread of its own and blocks it.
 */
public final class FunctionUrl extends Handler.Abstract {

  private static final Pattern PATH = Pattern.compile("/url/([^/]+)(/.*)?");

  private final Functions functions;
  private final Cors cors;

  public FunctionUrl(Functions functions, Cors cors) {
    this.functions = functions;
    this.cors = cors;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Matcher path = PATH.matcher(request.getHttpURI().getPath());
    if (!path.matches()) {
      return false;
    }
    Exchange exchange = new Exchange(request, response);
    try {
      cors.allow(exchange);
      if (cors.isPreflight(exchange)) {
        cors.allowRequests(exchange);
        exchange.answer(200, "text/plain", new byte[0]);
      } else {
        String below = path.group(2) == null ? "/" : path.group(2);
        answer(new FunctionName(path.group(1)), below, request, exchange);
      }
      callback.succeeded();
    } catch (IOException e) {
      exchange.abort();
      callback.succeeded();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      callback.failed(e);
    }
    return true;
  }

  private void answer(FunctionName name, String path, Request request, Exchange exchange)
      throws IOException, InterruptedException {
    Invocation invocation;
    try {
      functions.get(name);
      byte @Nullable [] body = exchange.body(BufferedSink.MAX_BYTES);
      if (body == null) {
        throw ApiError.payloadTooLarge(BufferedSink.MAX_BYTES);
      }
      String id = UUID.randomUUID().toString();
      Instant now = functions.clock().instant();
      CallContext context = CallContext.ofUrl(exchange, now);
      exchange.answerHeader(CallContext.TRACE_ID, context.traceId());
      UrlEvent.Call call = new UrlEvent.Call(id, name, path, context.traceId(), now);
      byte[] event = UrlEvent.of(call, request, body);
      invocation = functions.admit(id, name, event, context);
    } catch (ApiError e) {
      exchange.answerHeader("x-amzn-errortype", e.type());
      exchange.answer(e.status(), e.toJson());
      return;
    }
    exchange.answerHeader("x-amzn-requestid", invocation.id());
    functions.run(invocation, () -> new UrlSink(exchange, invocation));
  }
}
