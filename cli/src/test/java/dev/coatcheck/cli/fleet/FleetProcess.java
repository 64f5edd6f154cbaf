package dev.coatcheck.cli.fleet;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One process of the fleet, which may be started again and again with the same settings at the same
 * address. What it says is in its log, of all its runs.
 *
 * <p><b>Threading:</b> one thread at a time.
 */
public final class FleetProcess {

  private static final Duration UP_WITHIN = Duration.ofMinutes(3);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
  private static final int LAST_WORDS = 20;

  private final String name;
  private final String address;
  private final List<String> command;
  private final Map<String, String> settings;
  private final Path log;

  // state
  private @Nullable Process process;
  private long logBefore;

  // state, read by any thread
  private volatile boolean killed;
  private volatile long killedNanos;

  /**
   * A process that does not run yet.
   *
   * @param name its first word is the role
   * @param address the host and port that its users know
   */
  public FleetProcess(
      String name, String address, List<String> command, Map<String, String> settings, Path log) {
    this.name = name;
    this.address = address;
    this.command = List.copyOf(command);
    this.settings = Map.copyOf(settings);
    this.log = log;
  }

  public String name() {
    return name;
  }

  public String address() {
    return address;
  }

  /** The setting of that name. */
  public String setting(String key) {
    return Objects.requireNonNull(settings.get(key), key);
  }

  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** Its number, also when it has ended. */
  public long pid() {
    return running().pid();
  }

  /** Has its JVM collect all garbage, and give back what the heap does not need then. */
  public void collectGarbage() throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process collection =
        new ProcessBuilder(jcmd, String.valueOf(pid()), "GC.run")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (collection.waitFor() != 0 && isAlive()) {
      throw new IOException(name + ": jcmd GC.run ended with " + collection.exitValue());
    }
  }

  /** How it ended; only after it has. */
  public int exitCode() {
    return running().exitValue();
  }

  /** Starts it, and returns when it says that it is up. */
  public void start() throws IOException, InterruptedException {
    begin();
    awaitUp();
  }

  /** Starts it. */
  public void begin() throws IOException {
    if (isAlive()) {
      throw new IllegalStateException(name + " runs");
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(key -> key.startsWith("COATCHECK_"));
    builder.environment().putAll(settings);
    logBefore = Files.exists(log) ? Files.size(log) : 0;
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    process = builder.start(); // it reads its parent's death from its input
  }

  /** Returns when it says that it is up. */
  public void awaitUp() throws IOException, InterruptedException {
    Process started = running();
    String announced = name.split(" ", 2)[0] + " pid=" + started.pid() + " ";
    long deadline = System.nanoTime() + UP_WITHIN.toNanos();
    while (log().stream().noneMatch(line -> line.startsWith(announced))) {
      if (!started.isAlive() || System.nanoTime() > deadline) {
        throw new IOException(name + " is not up: " + lastWords());
      }
      Thread.sleep(LOOK_AGAIN);
    }
  }

  private Process running() {
    return Objects.requireNonNull(process, name);
  }

  /** All that it said in this run. */
  public List<String> log() throws IOException {
    try (InputStream said = Files.newInputStream(log)) {
      said.skipNBytes(logBefore);
      return new String(said.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  /** The end of what it said. */
  public List<String> lastWords() throws IOException {
    List<String> all = log();
    return all.subList(Math.max(0, all.size() - LAST_WORDS), all.size());
  }

  /** True when it was killed, at that moment or later. */
  boolean wasKilledSince(long nanos) {
    return killed && killedNanos - nanos >= 0;
  }

  /** SIGKILL; returns when it is gone. */
  public void kill() throws InterruptedException {
    Process victim = running();
    List<ProcessHandle> all = new ArrayList<>(victim.descendants().toList());
    all.add(victim.toHandle());
    all.forEach(ProcessHandle::destroyForcibly);
    victim.waitFor();
    killedNanos = System.nanoTime();
    killed = true;
  }

  /** SIGTERM. */
  void terminate() {
    running().toHandle().destroy();
  }

  /** Returns when it has ended by itself. */
  void awaitEnd(Duration patience) throws IOException, InterruptedException {
    if (!running().waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IOException(name + " does not end: " + lastWords());
    }
  }

  /** SIGSTOP: it answers nothing, and is connected to everybody. */
  void freeze() throws IOException, InterruptedException {
    Command.run("kill -STOP " + running().pid());
  }

  /** SIGCONT. */
  void thaw() throws IOException, InterruptedException {
    Command.run("kill -CONT " + running().pid());
  }

  @Override
  public String toString() {
    return name;
  }
}
