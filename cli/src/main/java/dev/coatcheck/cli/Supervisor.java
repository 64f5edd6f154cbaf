package dev.coatcheck.cli;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Starts processes again when they end, however that came, as an orchestrator does: with the same
 * settings, so at the same addresses, which are in the settings of others and in keys.
 *
 * <p>The end of a process that was up, and the announcement of the next one, are lines of the
 * output; a start that fails is a line of the log, since there may be many of them.
 *
 * <p><b>Threading:</b> a thread for each process, which alone starts that one again. Any thread may
 * close it.
 *
 * <p><b>Lifecycle:</b> until {@link #close}, before which the group must have begun to close. The
 * processes are the group's, which ends them.
 */
final class Supervisor implements AutoCloseable {

  private final ProcessGroup processes;
  private final Supplier<RestartBackoff> backoffs;
  private final Duration upTimeout;
  private final Consumer<String> out;
  private final Consumer<String> log;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * A supervisor of nothing yet.
   *
   * @param backoffs makes one for each process
   * @param upTimeout how long a process may take until it announces itself
   */
  Supervisor(
      ProcessGroup processes,
      Supplier<RestartBackoff> backoffs,
      Duration upTimeout,
      Consumer<String> out,
      Consumer<String> log) {
    this.processes = processes;
    this.backoffs = backoffs;
    this.upTimeout = upTimeout;
    this.out = out;
    this.log = log;
  }

  /**
   * Starts a process again whenever it ends.
   *
   * @param child one of the group, which has announced itself
   * @throws Failure if the supervisor is closed
   */
  void keepRunning(ChildProcess child) throws Failure {
    try {
      threads.execute(() -> supervise(child));
    } catch (RejectedExecutionException e) {
      throw new Failure("ended while it started", e);
    }
  }

  private void supervise(ChildProcess first) {
    RestartBackoff backoff = backoffs.get();
    try {
      ChildProcess child = first;
      Duration wasUp = awaitEnd(child);
      for (int restarts = 1; !processes.isClosing(); restarts++) {
        Thread.sleep(backoff.next(wasUp));
        try {
          child = processes.startAgain(child);
          Announcement announcement = child.awaitAnnouncement(upTimeout);
          print(out, announcement.as(child.name()) + " started again (restart " + restarts + ")");
          wasUp = awaitEnd(child);
        } catch (Failure e) {
          child.awaitEnd(Duration.ZERO);
          print(log, "coatcheck: " + e.getMessage());
          wasUp = Duration.ZERO;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  /** Waits until a process that is up has ended; how long that took. */
  private Duration awaitEnd(ChildProcess child) throws InterruptedException {
    long startNanos = System.nanoTime();
    child.awaitEnd();
    print(out, child.ending());
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  /** Prints what happened by itself: what happens while the group closes is no news. */
  private void print(Consumer<String> sink, String line) {
    if (!processes.isClosing()) {
      sink.accept(line);
    }
  }

  /** Starts nothing again from now on. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
