package dev.coatcheck.lambda.local.process;

import com.fasterxml.jackson.databind.JsonNode;
import dev.coatcheck.lambda.kit.UrlRequest;
import dev.coatcheck.lambda.local.invocation.Faults;
import dev.coatcheck.lambda.local.invocation.FunctionFailed;
import dev.coatcheck.lambda.local.invocation.FunctionName;
import dev.coatcheck.lambda.local.invocation.Invocation;
import dev.coatcheck.lambda.local.invocation.LambdaFunction;
import dev.coatcheck.lambda.local.invocation.ResponseSink;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A function that runs in processes of its own, as on AWS: an execution environment is started when
 * none is idle, has one invocation at a time, and is used again until it ends.
 *
 * <p><b>Threading:</b> any thread.
 *
 * <p><b>Lifecycle:</b> {@link #close} ends all its processes.
 */
public final class ProcessFunction implements LambdaFunction, AutoCloseable {

  /** AWS lets an on-demand environment initialise for 10 s, and then tries once more. */
  private static final Duration INIT_TIMEOUT = Duration.ofSeconds(30);

  private static final int STARTS = 2;

  /** In which what a process has written before its answer is read, where that is wanted. */
  private static final Duration LOG_DELAY = Duration.ofMillis(20);

  private static final Logger log = LoggerFactory.getLogger(ProcessFunction.class);

  private final FunctionName name;
  private final List<String> command;
  private final int concurrency;
  private final Duration timeout;
  private final RuntimeApi runtimeApi;
  private final AtomicInteger started = new AtomicInteger();

  // state
  private final Set<ExecutionEnvironment> all = ConcurrentHashMap.newKeySet();
  private final ConcurrentLinkedDeque<ExecutionEnvironment> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  public ProcessFunction(
      FunctionName name,
      List<String> command,
      int concurrency,
      Duration timeout,
      RuntimeApi runtimeApi) {
    this.name = name;
    this.command = command;
    this.concurrency = concurrency;
    this.timeout = timeout;
    this.runtimeApi = runtimeApi;
  }

  @Override
  public int concurrency() {
    return concurrency;
  }

  /** Starts one environment before it is asked for. */
  public void prewarm() {
    try {
      idle.addFirst(startEnvironment());
    } catch (FunctionFailed e) {
      log.warn("{} could not be started: {}", name.plain(), e.detailsMessage());
    } catch (IOException e) {
      log.warn("{} could not be started", name.plain(), e);
    }
  }

  @Override
  public void invoke(Invocation invocation, ResponseSink sink)
      throws FunctionFailed, IOException, InterruptedException {
    Faults faults = invocation.faults();
    ResponseSink image = faults.on(invocation.metered(sink));
    boolean spoil = faults.notAnImage() && streamsItsImage(invocation.event());
    Placed placed = place(invocation, spoil ? new SignatureSpoiler(image) : image);
    Run run = placed.run();
    ExecutionEnvironment environment = placed.environment();
    try {
      run.awaitEnd(timeout);
      if (invocation.context().wantsLog()) {
        Thread.sleep(LOG_DELAY); // the log comes by another way than the answer
      }
    } catch (TimeoutException e) {
      environment.kill();
      run.abort();
      throw FunctionFailed.timedOut(invocation.id(), timeout);
    } catch (InterruptedException e) {
      environment.kill();
      run.abort();
      throw e;
    } finally {
      if (!environment.isTerminated()) {
        idle.addFirst(environment);
      }
    }
  }

  /** What is pushed, or within JSON, or behind the head of an HTTP answer, is not seen here. */
  private static boolean streamsItsImage(JsonNode event) {
    return !UrlRequest.isIn(event)
        && event.path("transfer").asText("RESPONSE_STREAM").equals("RESPONSE_STREAM");
  }

  @Override
  public synchronized void close() {
    closed = true;
    all.forEach(ExecutionEnvironment::kill);
  }

  /** Finds an environment that takes the event; one that dies before it does is replaced once. */
  private Placed place(Invocation invocation, ResponseSink sink)
      throws FunctionFailed, IOException, InterruptedException {
    for (int starts = 0; ; ) {
      Run run = new Run(invocation, sink);
      ExecutionEnvironment environment = idle.pollFirst();
      if (environment == null) {
        environment = startEnvironment();
        starts++;
      }
      if (!environment.submit(run)) {
        continue;
      }
      try {
        run.awaitTaken(INIT_TIMEOUT);
        return new Placed(run, environment);
      } catch (TimeoutException e) {
        environment.kill();
        throw FunctionFailed.timedOut(invocation.id(), INIT_TIMEOUT);
      } catch (FunctionFailed e) {
        if (starts >= STARTS) {
          throw e;
        }
      } catch (InterruptedException e) {
        environment.kill();
        throw e;
      }
    }
  }

  private synchronized ExecutionEnvironment startEnvironment() throws FunctionFailed, IOException {
    if (closed) {
      throw new IOException("no more processes of " + name.plain() + " are started");
    }
    ExecutionEnvironment environment =
        new ExecutionEnvironment(name.plain() + "-" + started.incrementAndGet(), name);
    ServerConnector port = runtimeApi.open(environment);
    all.add(environment);
    try {
      environment.start(command, port.getLocalPort(), () -> forget(environment, port));
      return environment;
    } catch (IOException e) {
      forget(environment, port);
      throw FunctionFailed.of("Runtime.InvalidEntrypoint", String.valueOf(e.getMessage()));
    }
  }

  private void forget(ExecutionEnvironment environment, ServerConnector port) {
    all.remove(environment);
    idle.remove(environment);
    if (!closed) {
      runtimeApi.close(port);
    }
  }

  private record Placed(Run run, ExecutionEnvironment environment) {}
}
