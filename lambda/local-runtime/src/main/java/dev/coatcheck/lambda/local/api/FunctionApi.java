package dev.coatcheck.lambda.local.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coatcheck.lambda.local.http.Exchange;
import dev.coatcheck.lambda.local.invocation.ApiError;
import dev.coatcheck.lambda.local.invocation.FunctionName;
import dev.coatcheck.lambda.local.invocation.Functions;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * {@code GetFunction} and {@code GetFunctionConfiguration}, by which tools and waiters ask whether
 * a function is there and active. Here one always is, and there is no code to be fetched.
 *
 * <p><b>Threading:</b> each call has a virtual thread of its own and blocks it.
 */
public final class FunctionApi extends Handler.Abstract {

  private static final Pattern PATH =
      Pattern.compile("/2015-03-31/functions/([^/]+)(/configuration)?");

  private final Functions functions;
  private final Duration timeout;

  public FunctionApi(Functions functions, Duration timeout) {
    this.functions = functions;
    this.timeout = timeout;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Exchange exchange = new Exchange(request, response);
    Matcher path = PATH.matcher(exchange.path());
    if (!exchange.method().equals("GET") || !path.matches()) {
      return false;
    }
    try {
      answer(path.group(1), path.group(2) != null, exchange);
      callback.succeeded();
    } catch (IOException e) {
      callback.failed(e);
    }
    return true;
  }

  private void answer(String named, boolean configurationAlone, Exchange exchange)
      throws IOException {
    exchange.answerHeader("x-amzn-requestid", UUID.randomUUID().toString());
    FunctionName name = FunctionName.parse(named).qualified(exchange.parameter("Qualifier"));
    try {
      functions.get(name);
    } catch (ApiError e) {
      exchange.answerHeader("x-amzn-errortype", e.type());
      exchange.answer(e.status(), e.toJson());
      return;
    }
    ObjectNode configuration = configurationOf(name);
    if (configurationAlone) {
      exchange.answer(200, configuration);
    } else {
      ObjectNode function = JsonNodeFactory.instance.objectNode();
      function.set("Configuration", configuration);
      function.putObject("Code");
      exchange.answer(200, function);
    }
  }

  private ObjectNode configurationOf(FunctionName name) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("FunctionName", name.plain())
        .put("FunctionArn", name.arn())
        .put("Version", "$LATEST")
        .put("PackageType", "Zip")
        .put("Runtime", "provided.al2023")
        .put("Handler", "bootstrap")
        .put("MemorySize", 1024)
        .put("Timeout", timeout.toSeconds())
        .put("State", "Active")
        .put("LastUpdateStatus", "Successful");
  }
}
