package dev.coatcheck.cli.hostile;

import dev.coatcheck.cli.fleet.FleetProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks at the attacked processes ten times a second, and at the Lambda's invocations.
 *
 * <p><b>Threading:</b> a thread of its own looks; one other thread asks.
 *
 * <p><b>Lifecycle:</b> looks from {@link #begin} to {@link #close}.
 */
final class Watch implements AutoCloseable {

  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
  private static final int LOOKS_A_COUNT = 5;
  private static final Duration QUIET = Duration.ofSeconds(1);
  private static final int MAX_QUIET_COUNTS = 30;

  private final Target target;
  private final Map<FleetProcess, Figures> before = new LinkedHashMap<>();
  private final Thread looker = new Thread(this::look, "watch");

  // state, guarded by this
  private final Map<FleetProcess, Figures> peaks = new LinkedHashMap<>();
  private final Set<String> invocations = new HashSet<>();
  private int invocationsBefore;

  private volatile boolean over;

  private Watch(Target target) {
    this.target = target;
  }

  static Watch begin(Target target) throws InterruptedException {
    Watch watch = new Watch(target);
    watch.countUntilQuiet();
    watch.invocationsBefore = watch.invocations.size();
    watch.target.attacked().forEach(process -> watch.before.put(process, figures(process)));
    watch.look(watch.target.attacked());
    watch.looker.start();
    return watch;
  }

  private static Figures figures(FleetProcess process) {
    return process.isAlive() ? Figures.of(process.pid()) : Figures.NONE;
  }

  private void look() {
    try {
      for (int looks = 1; !over; looks++) {
        Thread.sleep(LOOK_AGAIN);
        look(target.attacked());
        if (looks % LOOKS_A_COUNT == 0) {
          count();
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts it", e);
    }
  }

  private synchronized void look(List<FleetProcess> processes) {
    processes.forEach(process -> peaks.merge(process, figures(process), Figures::max));
  }

  /** What an attack has begun may go on for a while, and is not to be counted for the next one. */
  private void countUntilQuiet() throws InterruptedException {
    count();
    int last = -1;
    for (int i = 0; i < MAX_QUIET_COUNTS && invocations.size() != last; i++) {
      last = invocations.size();
      Thread.sleep(QUIET);
      count();
    }
  }

  private void count() throws InterruptedException {
    try {
      List<String> latest = target.invocations();
      synchronized (this) {
        invocations.addAll(latest);
      }
    } catch (IOException e) {
      // The Lambda is busy; next time.
    }
  }

  int descriptorsBefore(FleetProcess process) {
    return before.getOrDefault(process, Figures.NONE).descriptors();
  }

  static int descriptors(FleetProcess process) {
    return figures(process).descriptors();
  }

  /** How many functions have run since the beginning. */
  int invocations() throws InterruptedException {
    count();
    synchronized (this) {
      return invocations.size() - invocationsBefore;
    }
  }

  /** How it went so far. What a process has afterwards is without its garbage. */
  synchronized List<Course> courses() throws IOException, InterruptedException {
    for (FleetProcess process : target.attacked()) {
      if (process.isAlive()) {
        process.collectGarbage();
      }
    }
    return target.attacked().stream()
        .map(process ->
            new Course(
                process.name(),
                before.getOrDefault(process, Figures.NONE),
                peaks.getOrDefault(process, Figures.NONE),
                figures(process)))
        .toList();
  }

  @Override
  public void close() {
    over = true;
    try {
      looker.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
