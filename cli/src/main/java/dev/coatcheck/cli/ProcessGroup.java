package dev.coatcheck.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The processes of a fleet, one for each name.
 *
 * <p><b>Threading:</b> any thread. A process is started and entered here under one lock, so that
 * whoever has begun to close the group sees every process there will ever be.
 *
 * <p><b>Lifecycle:</b> until {@link #tryBeginClosing}, after which nothing is started any more;
 * then each role is ended by {@link #stop} or {@link #kill}.
 */
final class ProcessGroup {

  private static final Duration KILL_TIMEOUT = Duration.ofSeconds(10);

  private final Path script;
  private final Consumer<String> log;

  // state, guarded by this
  private final Map<String, ChildProcess> children = new LinkedHashMap<>();
  private boolean closing;

  /**
   * A group without processes.
   *
   * @param script {@code ./coatcheck}, which starts one process of each role
   * @param log takes what the processes print
   */
  ProcessGroup(Path script, Consumer<String> log) {
    this.script = script;
    this.log = log;
  }

  /**
   * Starts the first process of a name.
   *
   * @param name such as {@code generator 2}; its first word is the role
   * @param settings put over this process's own environment
   * @throws Failure if it cannot be started, or the group is closing
   */
  synchronized ChildProcess start(String name, Map<String, String> settings) throws Failure {
    requireOpen();
    List<String> command = List.of(script.toString(), ChildProcess.role(name), "--supervised");
    ChildProcess child = ChildProcess.start(name, command, settings, log);
    children.put(name, child);
    return child;
  }

  /**
   * Starts a process like the one that has ended, in its place.
   *
   * @throws Failure if it cannot be started, or the group is closing
   */
  synchronized ChildProcess startAgain(ChildProcess ended) throws Failure {
    requireOpen();
    ChildProcess child = ended.startAgain();
    children.put(child.name(), child);
    return child;
  }

  private void requireOpen() throws Failure {
    if (closing) {
      throw new Failure("ended while it started");
    }
  }

  /** The process of each name, in the order of their first starts; some may have ended. */
  synchronized List<ChildProcess> all() {
    return List.copyOf(children.values());
  }

  /** Lets nothing be started any more; true for the first caller alone. */
  synchronized boolean tryBeginClosing() {
    boolean first = !closing;
    closing = true;
    return first;
  }

  synchronized boolean isClosing() {
    return closing;
  }

  /** Asks the processes of a role to end, and ends them by force after the timeout. */
  void stop(String role, Duration timeout) throws InterruptedException {
    List<ChildProcess> ending = all(role);
    ending.forEach(ChildProcess::stop);
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    for (ChildProcess child : ending) {
      child.awaitEnd(Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())));
    }
  }

  /** Ends the processes of a role by force. */
  void kill(String role) throws InterruptedException {
    List<ChildProcess> ending = all(role);
    ending.forEach(ChildProcess::kill);
    for (ChildProcess child : ending) {
      child.awaitEnd(KILL_TIMEOUT);
    }
  }

  private List<ChildProcess> all(String role) {
    return all().stream().filter(child -> ChildProcess.role(child.name()).equals(role)).toList();
  }
}
