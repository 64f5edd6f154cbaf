package dev.coatcheck.lambda.local;

import dev.coatcheck.lambda.local.api.FunctionApi;
import dev.coatcheck.lambda.local.api.InvokeApi;
import dev.coatcheck.lambda.local.api.LocalApi;
import dev.coatcheck.lambda.local.bytes.BytesFunction;
import dev.coatcheck.lambda.local.http.HttpConnector;
import dev.coatcheck.lambda.local.invocation.Faults;
import dev.coatcheck.lambda.local.invocation.FunctionName;
import dev.coatcheck.lambda.local.invocation.Functions;
import dev.coatcheck.lambda.local.invocation.InvocationLog;
import dev.coatcheck.lambda.local.invocation.LambdaFunction;
import dev.coatcheck.lambda.local.process.ProcessFunction;
import dev.coatcheck.lambda.local.process.RuntimeApi;
import dev.coatcheck.lambda.local.url.FunctionUrl;
import java.net.BindException;
import java.net.URI;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * AWS Lambda on a laptop, with two functions: {@code map}, whose processes it runs, and {@code
 * bytes}, which runs in this process.
 *
 * <p><b>Lifecycle:</b> {@link #start} once, {@link #close} once; after that no process of a
 * function is left.
 */
public final class LocalLambda implements AutoCloseable {

  static final String BYTES = "bytes";
  static final String MAP = "map";

  private static final int MAX_CAUSES = 16;
  private static final long STOP_MILLIS = 200;

  private final Server server;
  private final ServerConnector connector;
  private final @Nullable ProcessFunction map;

  /** Wires all of it; nothing runs yet. */
  public LocalLambda(LocalLambdaConfig config) {
    QueuedThreadPool threads = new QueuedThreadPool();
    threads.setName("lambda");
    threads.setStopTimeout(STOP_MILLIS);
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server = new Server(threads);
    connector = HttpConnector.create(server, config.host(), config.port());
    server.addConnector(connector);

    InvocationLog log = new InvocationLog(config.logInvocations());
    AtomicReference<Faults> faults =
        new AtomicReference<>(LocalLambdaConfig.parseFaults(config.faults()));
    Map<String, LambdaFunction> functions = new HashMap<>();
    functions.put(BYTES, new BytesFunction(config.bytesConcurrency(), config.functionTimeout()));
    RuntimeApi runtimeApi = new RuntimeApi(server, config.functionTimeout());
    if (config.mapCommand().isEmpty()) {
      map = null;
    } else {
      map =
          new ProcessFunction(
              new FunctionName(MAP),
              config.mapCommand(),
              config.concurrency(),
              config.functionTimeout(),
              runtimeApi);
      functions.put(MAP, map);
    }
    Functions byName = new Functions(functions, faults, log, Clock.systemUTC());
    server.setHandler(
        new Handler.Sequence(
            runtimeApi,
            new InvokeApi(byName),
            new FunctionApi(byName, config.functionTimeout()),
            new FunctionUrl(byName, config.cors()),
            new LocalApi(log, faults)));
  }

  /**
   * Opens the port and starts the first process of the map function, which gets ready meanwhile.
   */
  public LocalLambda start() {
    try {
      server.start();
    } catch (Exception e) {
      BindException taken = bindFailure(e);
      throw new IllegalStateException(
          taken == null
              ? "the local Lambda did not start"
              : "%s:%d cannot be listened at: %s (expected: another COATCHECK_LISTEN, with a port that is free)"
                  .formatted(connector.getHost(), connector.getPort(), taken.getMessage()),
          e);
    }
    if (map != null) {
      map.prewarm();
    }
    return this;
  }

  private static @Nullable BindException bindFailure(Exception failure) {
    Throwable cause = failure;
    for (int n = 0; cause != null && n < MAX_CAUSES; n++) {
      if (cause instanceof BindException taken) {
        return taken;
      }
      cause = cause.getCause();
    }
    return null;
  }

  /** Where SDKs on this machine are to be pointed: {@code http://127.0.0.1:port}. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + connector.getLocalPort());
  }

  /** The URL by which a browser runs that function. */
  public URI functionUrl(String function) {
    return url().resolve("/url/" + function + "/");
  }

  @Override
  public void close() {
    if (map != null) {
      map.close();
    }
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the local Lambda did not stop", e);
    }
  }
}
