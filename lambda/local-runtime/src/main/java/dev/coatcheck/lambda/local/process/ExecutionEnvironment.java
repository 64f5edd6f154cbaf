package dev.coatcheck.lambda.local.process;

import dev.coatcheck.lambda.local.invocation.FunctionFailed;
import dev.coatcheck.lambda.local.invocation.FunctionName;
import dev.coatcheck.lambda.local.invocation.Invocation;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An execution environment in AWS's sense: one function process, which has one invocation at a time
 * and polls for the next.
 *
 * <p><b>Threading:</b> any thread.
 *
 * <p><b>Lifecycle:</b> {@link #start} once. It is terminated when the process has exited, by itself
 * or by {@link #kill}; the invocation in progress then fails with {@code Runtime.ExitError}.
 */
final class ExecutionEnvironment {

  private static final Logger log = LoggerFactory.getLogger(ExecutionEnvironment.class);

  /** Defaults of variables that the environment may already have, such as credentials. */
  private static final Map<String, String> DEFAULT_VARIABLES =
      Map.of(
          "_HANDLER", "bootstrap",
          "AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023",
          "AWS_ACCESS_KEY_ID", "local",
          "AWS_SECRET_ACCESS_KEY", "local");

  private final String name;
  private final FunctionName function;

  // state, guarded by this
  private @Nullable Process process;
  private @Nullable Run current;
  private boolean currentTaken;
  private boolean terminated;
  private @Nullable FunctionFailed initError;

  ExecutionEnvironment(String name, FunctionName function) {
    this.name = name;
    this.function = function;
  }

  /** Starts the process; {@code onTerminated} is called once, when it has exited. */
  synchronized void start(List<String> command, int runtimeApiPort, Runnable onTerminated)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    DEFAULT_VARIABLES.forEach(environment::putIfAbsent);
    environment.putIfAbsent("LAMBDA_TASK_ROOT", taskRoot(command).toString());
    environment.put("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:" + runtimeApiPort);
    environment.put("AWS_LAMBDA_FUNCTION_NAME", function.plain());
    environment.put("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
    environment.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024");
    environment.put("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + function.plain());
    environment.put("AWS_LAMBDA_LOG_STREAM_NAME", name);
    environment.put("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    environment.put("AWS_REGION", "us-east-1");
    environment.put("AWS_DEFAULT_REGION", "us-east-1");
    environment.put("TZ", ":UTC");
    Process started = builder.start();
    process = started;
    // Reading a pipe holds a virtual thread's carrier, and a small machine has two of those in all.
    Thread.ofPlatform().daemon().name(name + "-log").start(() -> copyLog(started));
    started
        .onExit()
        .thenAccept(ended -> {
          exited(ended.exitValue(), onTerminated);
        });
  }

  /**
   * Where the program is that is run, as AWS unpacks it; here, if it is found by its name alone.
   */
  private static Path taskRoot(List<String> command) {
    Path program = Path.of(command.getFirst());
    Path directory = program.getParent();
    return (directory == null ? Path.of("") : directory).toAbsolutePath().normalize();
  }

  String name() {
    return name;
  }

  /** Gives it an invocation, to be taken when it is ready; false if its process has ended. */
  synchronized boolean submit(Run run) {
    // The handle queries the system, which knows of an exit before onExit runs.
    if (terminated || process == null || !process.toHandle().isAlive()) {
      return false;
    }
    current = run;
    currentTaken = false;
    notifyAll();
    return true;
  }

  /** Waits for the next invocation of the process; null once it is terminated. */
  synchronized @Nullable Run awaitNext() throws InterruptedException {
    while (!terminated && (current == null || currentTaken)) {
      wait();
    }
    if (terminated || current == null) {
      return null;
    }
    currentTaken = true;
    current.taken();
    return current;
  }

  /** Records why the initialization failed; the process is about to exit. */
  synchronized void initFailed(FunctionFailed error) {
    initError = error;
  }

  /** The run of that request id; null if it is not the one under way. */
  synchronized @Nullable Run run(String requestId) {
    return current != null && current.invocation().id().equals(requestId) ? current : null;
  }

  synchronized boolean isTerminated() {
    return terminated;
  }

  /** Why an answer broke off: because the process ended, if it does so within a second. */
  FunctionFailed brokenOff(Invocation invocation) throws InterruptedException {
    Process running;
    synchronized (this) {
      running = process;
    }
    if (running != null && running.waitFor(1, TimeUnit.SECONDS)) {
      return exitError(invocation, running.exitValue());
    }
    return FunctionFailed.of(
        "Runtime.TruncatedResponse", "The function's response ended before it was complete");
  }

  /** Ends the process at once and waits until it is gone. */
  void kill() {
    Process running;
    synchronized (this) {
      running = process;
    }
    if (running != null) {
      running.destroyForcibly();
      try {
        running.waitFor(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void exited(int status, Runnable onTerminated) {
    Run underWay;
    FunctionFailed reported;
    synchronized (this) {
      terminated = true;
      underWay = current;
      reported = initError;
      notifyAll();
    }
    log.info("{} exited with status {}", name, status);
    if (underWay == null) {
      onTerminated.run();
    } else {
      underWay.processGone(reported != null ? reported : exitError(underWay.invocation(), status));
      // The rest of the response is relayed first.
      underWay.whenEnded(onTerminated);
    }
  }

  private static FunctionFailed exitError(Invocation invocation, int status) {
    return FunctionFailed.of(
        "Runtime.ExitError",
        "RequestId: "
            + invocation.id()
            + " Error: Runtime exited with error: exit status "
            + status);
  }

  private synchronized void logged(String line) {
    if (current != null) {
      current.invocation().log().add(line);
    }
  }

  private void copyLog(Process running) {
    try (BufferedReader lines = running.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.info("{} | {}", name, line);
        logged(line);
      }
    } catch (IOException e) {
      log.debug("{}: its log ended", name, e);
    }
  }
}
