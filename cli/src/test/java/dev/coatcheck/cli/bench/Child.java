package dev.coatcheck.cli.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** A process that the bench started, which ends with the bench. */
final class Child implements AutoCloseable {

  private static final int GRACE_SECONDS = 20;
  private static final int KEPT_LINES = 20;
  private static final int MAX_LINES = 1000;

  private final Process process;
  private final List<String> lines = new ArrayList<>();

  private Child(Process process) {
    this.process = process;
  }

  /** Starts it, and waits for the line that says that it is ready. */
  static Child start(List<String> command, Map<String, String> environment, Predicate<String> ready)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    Child child = new Child(builder.start());
    Runtime.getRuntime().addShutdownHook(new Thread(child.process::destroy));
    BufferedReader out =
        new BufferedReader(
            new InputStreamReader(child.process.getInputStream(), StandardCharsets.UTF_8));
    String line;
    do {
      line = out.readLine();
      if (line == null) {
        throw new IOException(command + " ended: " + child.lines);
      }
      child.lines.add(line);
    } while (!ready.test(line));
    Thread.ofVirtual().start(() -> child.listen(out));
    return child;
  }

  private void listen(BufferedReader out) {
    try {
      out.lines().forEach(this::said);
    } catch (UncheckedIOException e) {
      said("no more of it is heard: " + e.getMessage()); // it has ended, or is being ended
    }
  }

  /** A class of the bench, in a process of its own. */
  static Child java(Class<?> main, List<String> flags, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return start(command, Map.of(), line -> line.startsWith("ready"));
  }

  private synchronized void said(String line) {
    lines.add(line);
    if (lines.size() > MAX_LINES) {
      lines.remove(KEPT_LINES); // those before it say where it is
    }
  }

  long pid() {
    return process.pid();
  }

  /** The last of what it said lately that has {@code part} in it. */
  synchronized Optional<String> lastLine(String part) {
    return lines.reversed().stream().filter(line -> line.contains(part)).findFirst();
  }

  /** The number behind {@code prefix} in the line that has it. */
  synchronized long number(String prefix) {
    for (String line : lines) {
      int at = line.indexOf(prefix);
      if (at >= 0) {
        String rest = line.substring(at + prefix.length());
        return Long.parseLong(rest.split("[^0-9]", 2)[0]);
      }
    }
    throw new IllegalStateException("no " + prefix + " in " + lines);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.onExit().get(GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
