package dev.coatcheck.cli;

import dev.coatcheck.contract.IoReason;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One process of the fleet, and how to start another one like it.
 *
 * <p>Its standard input is a pipe on which nothing is ever written: by its end the child learns
 * that this process has died, however that came. All that it says goes to one sink, line by line,
 * but for the line by which it announces itself.
 *
 * <p><b>Lifecycle:</b> from {@link #start} until it ends by itself or by {@link #stop}.
 */
final class ChildProcess {

  private final String name;
  private final ProcessBuilder builder;
  private final Consumer<String> onLine;
  private final Process process;
  private final CompletableFuture<Announcement> announcement = new CompletableFuture<>();

  private ChildProcess(
      String name, ProcessBuilder builder, Consumer<String> onLine, Process process) {
    this.name = name;
    this.builder = builder;
    this.onLine = onLine;
    this.process = process;
  }

  /**
   * Starts a process.
   *
   * @param name what people call it, such as {@code generator 2}; its first word is the role
   * @param settings put over this process's own environment
   * @param onLine takes what it says, each line with the name before it
   */
  static ChildProcess start(
      String name, List<String> command, Map<String, String> settings, Consumer<String> onLine)
      throws Failure {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(settings);
    return start(name, builder, onLine);
  }

  /** Starts another process with the name, the command and the settings of this one. */
  ChildProcess startAgain() throws Failure {
    return start(name, builder, onLine);
  }

  private static ChildProcess start(String name, ProcessBuilder builder, Consumer<String> onLine)
      throws Failure {
    try {
      ChildProcess child = new ChildProcess(name, builder, onLine, builder.start());
      Thread.ofPlatform().daemon().name(name).start(child::listen);
      return child;
    } catch (IOException e) {
      throw new Failure(name + " cannot be started: " + IoReason.of(e), e);
    }
  }

  private void listen() {
    String role = role(name);
    try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        var announced = Announcement.parse(role, line);
        if (announced.isPresent() && announcement.complete(announced.get())) {
          continue;
        }
        onLine.accept(name + " | " + line);
      }
    } catch (IOException | UncheckedIOException e) {
      // It has ended in the middle of a line.
    } finally {
      announcement.completeExceptionally(new IOException("it ended"));
    }
  }

  /** The first word of a name. */
  static String role(String name) {
    int blank = name.indexOf(' ');
    return blank < 0 ? name : name.substring(0, blank);
  }

  String name() {
    return name;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** How it ended: {@code generator 2 pid=7 ended with exit code 137}; only after it has. */
  String ending() {
    return name + " pid=" + pid() + " ended with exit code " + process.exitValue();
  }

  /**
   * Waits until it is up.
   *
   * @throws Failure if it ended before, or took too long
   */
  Announcement awaitAnnouncement(Duration patience) throws Failure, InterruptedException {
    try {
      return announcement.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new Failure(name + " was not up within " + patience.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      process.waitFor();
      throw new Failure(ending() + " before it was up; its own words stand above", e);
    }
  }

  /** Asks it to end; {@link #awaitEnd} makes it. */
  void stop() {
    process.toHandle().destroy(); // not Process.destroy, which would close the streams as well
  }

  /** Waits until it has ended by itself. */
  void awaitEnd() throws InterruptedException {
    process.waitFor();
  }

  /** Waits until it has ended, and ends it by force when the patience is over. */
  void awaitEnd(Duration patience) throws InterruptedException {
    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      kill();
      process.waitFor();
    }
  }

  /** Ends it by force. */
  void kill() {
    if (!process.isAlive()) {
      return; // its number may be that of a stranger by now, who has descendants
    }
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.toHandle().destroyForcibly();
  }
}
