package dev.coatcheck.lambda.local.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.coatcheck.lambda.local.http.Exchange;
import dev.coatcheck.lambda.local.invocation.Faults;
import dev.coatcheck.lambda.local.invocation.InvocationLog;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * What AWS does not have: {@code GET /_local/health}, {@code GET /_local/invocations}, and {@code
 * PUT /_local/faults}, whose body replaces the faults of every answer from then on ({@code {}} ends
 * them). Anything else is 404.
 */
public final class LocalApi extends Handler.Abstract {

  private static final int MAX_FAULTS_BYTES = 64 * 1024;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final InvocationLog invocations;
  private final AtomicReference<Faults> faults;

  public LocalApi(InvocationLog invocations, AtomicReference<Faults> faults) {
    this.invocations = invocations;
    this.faults = faults;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Exchange exchange = new Exchange(request, response);
    try {
      switch (exchange.method() + " " + exchange.path()) {
        case "GET /_local/health" ->
            exchange.answer(200, JsonNodeFactory.instance.objectNode().put("status", "UP"));
        case "GET /_local/invocations" -> exchange.answer(200, invocations.toJson());
        case "PUT /_local/faults" -> setFaults(exchange);
        default -> answerProblem(exchange, 404, exchange.path() + ": no such path");
      }
      callback.succeeded();
    } catch (IOException e) {
      callback.failed(e);
    }
    return true;
  }

  private void setFaults(Exchange exchange) throws IOException {
    byte @Nullable [] body = exchange.body(MAX_FAULTS_BYTES);
    if (body == null) {
      answerProblem(exchange, 413, "more than " + MAX_FAULTS_BYTES + " bytes");
      return;
    }
    try {
      faults.set(Faults.parse(JSON.readTree(body)));
      exchange.answer(200, JsonNodeFactory.instance.objectNode());
    } catch (JsonProcessingException | IllegalArgumentException e) {
      answerProblem(exchange, 400, String.valueOf(e.getMessage()));
    }
  }

  private static void answerProblem(Exchange exchange, int status, String message)
      throws IOException {
    exchange.answer(status, JsonNodeFactory.instance.objectNode().put("message", message));
  }
}
