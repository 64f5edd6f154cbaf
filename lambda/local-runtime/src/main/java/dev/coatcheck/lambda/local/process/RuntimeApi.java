package dev.coatcheck.lambda.local.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.coatcheck.lambda.local.http.Exchange;
import dev.coatcheck.lambda.local.http.HttpConnector;
import dev.coatcheck.lambda.local.invocation.FunctionFailed;
import dev.coatcheck.lambda.local.invocation.Invocation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Lambda's Runtime API (version 2018-06-01), by which function processes take their events and give
 * their answers. Since its requests do not say who is asking, each process has a port of its own.
 *
 * <p>A streamed answer is passed on piece by piece; the next piece is read when the invoker has
 * taken the one before.
 *
 * <p><b>Threading:</b> each call has a virtual thread of its own and blocks it.
 */
public final class RuntimeApi extends Handler.Abstract {

  private static final String PREFIX = "/2018-06-01/runtime/";
  private static final Pattern OF_INVOCATION =
      Pattern.compile(PREFIX + "invocation/([^/]+)/(response|error)");
  private static final String ERROR_TYPE = "Lambda-Runtime-Function-Error-Type";
  private static final String ERROR_BODY = "Lambda-Runtime-Function-Error-Body";
  private static final int MAX_ERROR_BYTES = 256 * 1024;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Server server;
  private final Duration functionTimeout;
  private final Map<Connector, ExecutionEnvironment> environments = new ConcurrentHashMap<>();

  public RuntimeApi(Server server, Duration functionTimeout) {
    this.server = server;
    this.functionTimeout = functionTimeout;
  }

  /** Opens a port for that environment's process. */
  ServerConnector open(ExecutionEnvironment environment) throws IOException {
    ServerConnector connector = HttpConnector.create(server, HttpConnector.LOOPBACK, 0);
    environments.put(connector, environment);
    try {
      server.addConnector(connector);
      connector.start();
      return connector;
    } catch (Exception e) {
      close(connector);
      throw new IOException("no port for " + environment.name(), e);
    }
  }

  public void close(ServerConnector connector) {
    environments.remove(connector);
    server.removeConnector(connector);
    try {
      connector.stop();
    } catch (Exception e) {
      throw new IllegalStateException("a port of the Runtime API did not close", e);
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    ExecutionEnvironment environment =
        environments.get(request.getConnectionMetaData().getConnector());
    if (environment == null) {
      return false;
    }
    try {
      serve(environment, new Exchange(request, response));
      callback.succeeded();
    } catch (IOException e) {
      // The process has exited; nothing reads the response.
      callback.succeeded();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      callback.failed(e);
    }
    return true;
  }

  private void serve(ExecutionEnvironment environment, Exchange exchange)
      throws IOException, InterruptedException {
    String call = exchange.method() + " " + exchange.path();
    Matcher ofInvocation = OF_INVOCATION.matcher(exchange.path());
    if (call.equals("GET " + PREFIX + "invocation/next")) {
      giveNext(environment, exchange);
    } else if (call.equals("POST " + PREFIX + "init/error")) {
      // The process exits next, and that is what ends the invocation that waits for it.
      environment.initFailed(error(exchange));
      accepted(exchange);
    } else if (exchange.method().equals("POST") && ofInvocation.matches()) {
      Run run = environment.run(ofInvocation.group(1));
      if (run == null || !run.beginRelay()) {
        refuse(exchange, 400, "InvalidRequestID");
      } else {
        try {
          if (ofInvocation.group(2).equals("error")) {
            takeError(run, exchange);
          } else {
            relay(run, exchange);
          }
        } catch (IOException e) {
          run.failed(environment.brokenOff(run.invocation()));
          throw e;
        } finally {
          run.relayEnded();
        }
      }
    } else {
      refuse(exchange, 404, "NoSuchPath");
    }
  }

  private void giveNext(ExecutionEnvironment environment, Exchange exchange)
      throws IOException, InterruptedException {
    Run run = environment.awaitNext();
    if (run == null) {
      refuse(exchange, 410, "EnvironmentOver");
      return;
    }
    Invocation invocation = run.invocation();
    long deadline = System.currentTimeMillis() + functionTimeout.toMillis();
    exchange.answerHeader("Lambda-Runtime-Aws-Request-Id", invocation.id());
    exchange.answerHeader("Lambda-Runtime-Deadline-Ms", Long.toString(deadline));
    exchange.answerHeader("Lambda-Runtime-Invoked-Function-Arn", invocation.function().arn());
    exchange.answerHeader("Lambda-Runtime-Trace-Id", invocation.context().traceId());
    invocation
        .context()
        .clientContext()
        .ifPresent(json -> exchange.answerHeader("Lambda-Runtime-Client-Context", json));
    exchange.answer(200, "application/json", invocation.payload());
  }

  private static void relay(Run run, Exchange exchange) throws IOException, InterruptedException {
    String contentType = exchange.header("Content-Type");
    if (contentType != null) {
      run.invocation().answersAs(contentType);
    }
    boolean wanted = true;
    for (boolean last = false; !last; ) {
      Content.Chunk chunk = exchange.nextChunk();
      try {
        last = chunk.isLast();
        wanted = wanted && pass(chunk.getByteBuffer(), run);
      } finally {
        chunk.release();
      }
    }
    String errorType = exchange.trailer(ERROR_TYPE);
    if (errorType == null) {
      run.succeeded();
    } else {
      run.failed(streamError(errorType, exchange.trailer(ERROR_BODY)));
    }
    accepted(exchange);
  }

  /**
   * Hands a piece on; false when there is nobody to hand it to any more. The rest of the answer is
   * then read and dropped, since on AWS a function does not notice that its invoker is gone.
   */
  private static boolean pass(ByteBuffer piece, Run run) throws InterruptedException {
    try {
      if (piece.hasRemaining()) {
        run.sink().write(piece);
      }
      return true;
    } catch (IOException | FunctionFailed e) {
      run.failed(e);
      return false;
    } catch (InterruptedException e) {
      run.failed(e);
      throw e;
    }
  }

  private static void takeError(Run run, Exchange exchange) throws IOException {
    run.failed(error(exchange));
    accepted(exchange);
  }

  private static FunctionFailed error(Exchange exchange) throws IOException {
    byte @Nullable [] body = exchange.body(MAX_ERROR_BYTES);
    String details = body == null ? "{}" : new String(body, StandardCharsets.UTF_8);
    String errorType = exchange.header(ERROR_TYPE);
    if (errorType == null) {
      try {
        errorType = JSON.readTree(details).path("errorType").textValue();
      } catch (JsonProcessingException e) {
        // Then it has no type.
      }
    }
    return new FunctionFailed(errorType, details);
  }

  private static FunctionFailed streamError(String errorType, @Nullable String base64) {
    if (base64 != null) {
      try {
        return new FunctionFailed(
            errorType, new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        // Not base64: the type is all there is.
      }
    }
    return FunctionFailed.of(errorType, "the function failed while it answered");
  }

  private static void accepted(Exchange exchange) throws IOException {
    exchange.answer(202, JsonNodeFactory.instance.objectNode().put("status", "OK"));
  }

  private static void refuse(Exchange exchange, int status, String errorType) throws IOException {
    exchange.answer(
        status,
        JsonNodeFactory.instance
            .objectNode()
            .put("errorType", errorType)
            .put("errorMessage", exchange.method() + " " + exchange.path()));
  }
}
