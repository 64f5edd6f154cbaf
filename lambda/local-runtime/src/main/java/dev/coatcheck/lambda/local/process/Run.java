package dev.coatcheck.lambda.local.process;

import dev.coatcheck.lambda.local.invocation.FunctionFailed;
import dev.coatcheck.lambda.local.invocation.Invocation;
import dev.coatcheck.lambda.local.invocation.ResponseSink;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One invocation on its way through a function process: submitted, taken, answered.
 *
 * <p><b>Threading:</b> the invoking thread waits; the threads of the Runtime API complete. Only the
 * thread that relays the answer writes to the sink, and it has stopped when the run has ended.
 */
final class Run {

  private final Invocation invocation;
  private final ResponseSink sink;
  private final CompletableFuture<Void> taken = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  // state, guarded by this
  private @Nullable Thread relay;

  Run(Invocation invocation, ResponseSink sink) {
    this.invocation = invocation;
    this.sink = sink;
  }

  Invocation invocation() {
    return invocation;
  }

  ResponseSink sink() {
    return sink;
  }

  /** The process has been given the event. */
  void taken() {
    taken.complete(null);
  }

  /** The calling thread is the one that relays the answer; false if it is too late for one. */
  synchronized boolean beginRelay() {
    if (ended.isDone() || relay != null) {
      return false;
    }
    relay = Thread.currentThread();
    return true;
  }

  synchronized void relayEnded() {
    relay = null;
  }

  void succeeded() {
    ended.complete(null);
  }

  void failed(Throwable cause) {
    ended.completeExceptionally(cause);
  }

  /** The process has exited; the relay of its response notices after it has read the rest. */
  synchronized void processGone(FunctionFailed cause) {
    taken.completeExceptionally(cause);
    if (relay == null) {
      ended.completeExceptionally(cause);
    }
  }

  /**
   * Waits for the process to take the event.
   *
   * @throws FunctionFailed if it ended before
   */
  void awaitTaken(Duration timeout) throws FunctionFailed, InterruptedException, TimeoutException {
    try {
      taken.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  void awaitEnd(Duration timeout)
      throws FunctionFailed, IOException, InterruptedException, TimeoutException {
    try {
      ended.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException invokerGone) {
        throw invokerGone;
      }
      throw failure(e);
    }
  }

  /** Has that done when the run has ended, at once if it has. */
  void whenEnded(Runnable then) {
    ended.whenComplete((nothing, error) -> then.run());
  }

  /** Ends a relay that is stuck, and waits until the sink is free. */
  void abort() throws InterruptedException {
    synchronized (this) {
      if (relay != null) {
        relay.interrupt();
      }
    }
    try {
      ended.get();
    } catch (ExecutionException e) {
      // Why it ended matters no more.
    }
  }

  private static FunctionFailed failure(ExecutionException e) {
    return e.getCause() instanceof FunctionFailed failed
        ? failed
        : FunctionFailed.of("Runtime.Unknown", String.valueOf(e.getCause()));
  }
}
