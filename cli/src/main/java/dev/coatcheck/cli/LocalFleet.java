package dev.coatcheck.cli;

import dev.coatcheck.contract.IoReason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * A whole fleet on this machine, one process each: the local Lambda, the generators, the gateways.
 *
 * <p><b>Threading:</b> one thread starts it; any thread may close it, also while it starts.
 *
 * <p><b>Lifecycle:</b> {@link #start} once. {@link #close} ends the gateways first, which finish
 * what runs, then the generators, by force, since nobody is left who could pick anything up and
 * they would only look for peers, then the Lambda; whoever does not go is killed. A process that
 * ends before the fleet is ready is a failure of {@link #start}; later it is started again by the
 * {@link Supervisor}, until {@link #close} begins.
 */
final class LocalFleet implements AutoCloseable {

  private static final Duration UP_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration READY_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

  /** More than the grace that each gives to what runs. */
  private static final Duration GATEWAY_TIMEOUT = Duration.ofSeconds(45);

  private static final Duration LAMBDA_TIMEOUT = Duration.ofSeconds(10);

  private final FleetPlan plan;
  private final Path script;
  private final Consumer<String> out;
  private final Consumer<String> log;
  private final FleetKeyset keyset;
  private final RoleSettings settings;
  private final ProcessGroup processes;
  private final Supervisor supervisor;

  // state, any thread
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * A fleet that is not started yet.
   *
   * @param script {@code ./coatcheck}, which starts one process of each kind
   * @param environment settings for the children, put over this process's own
   * @param out takes one line for each process, for each that ended by itself, and for each that
   *     was started again
   * @param log takes what the children say
   */
  LocalFleet(
      FleetPlan plan,
      Path script,
      Map<String, String> environment,
      Consumer<String> out,
      Consumer<String> log)
      throws Failure {
    this.plan = plan;
    this.script = script;
    this.out = out;
    this.log = log;
    this.keyset = FleetKeyset.of(environment.getOrDefault("COATCHECK_KEYSET", ""));
    this.settings = new RoleSettings(plan, keyset.file(), environment);
    this.processes = new ProcessGroup(script, log);
    this.supervisor = new Supervisor(processes, RestartBackoff::new, UP_TIMEOUT, out, log);
  }

  /**
   * Starts everything, and returns when every gateway sees every generator.
   *
   * @throws Failure if that cannot be; what was started runs until {@link #close}
   */
  void start() throws Failure, InterruptedException {
    plan.requireFreePorts();
    String lambdaAddress = FleetPlan.freeAddresses(1).getFirst();
    List<String> addresses = FleetPlan.freeAddresses(plan.generators());
    requireGoodSettings(lambdaAddress, addresses);
    ChildProcess lambda = processes.start("lambda", settings.lambda(lambdaAddress));
    String endpoint = announce(lambda).field("url");

    List<ChildProcess> generators = new ArrayList<>();
    for (int n = 1; n <= plan.generators(); n++) {
      String address = addresses.get(n - 1);
      generators.add(
          processes.start("generator " + n, settings.generator(endpoint, address, addresses)));
    }
    for (ChildProcess generator : generators) {
      announce(generator);
    }

    List<ChildProcess> gateways = new ArrayList<>();
    for (int n = 1; n <= plan.gateways(); n++) {
      gateways.add(processes.start("gateway " + n, settings.gateway(endpoint, n, addresses)));
    }
    List<String> urls = new ArrayList<>();
    for (ChildProcess gateway : gateways) {
      urls.add(announce(gateway).field("http"));
    }
    awaitReady(urls);
    for (ChildProcess child : all()) {
      supervisor.keepRunning(child);
    }
  }

  private void requireGoodSettings(String lambdaAddress, List<String> addresses)
      throws Failure, InterruptedException {
    String endpoint = "http://" + lambdaAddress;
    Map<String, Map<String, String>> ofRoles = new LinkedHashMap<>();
    ofRoles.put("lambda", settings.lambda(lambdaAddress));
    ofRoles.put("generator", settings.generator(endpoint, addresses.getFirst(), addresses));
    ofRoles.put("gateway", settings.gateway(endpoint, 1, addresses));
    new SettingsCheck(script, log).require(ofRoles);
  }

  private Announcement announce(ChildProcess child) throws Failure, InterruptedException {
    Announcement announcement = child.awaitAnnouncement(UP_TIMEOUT);
    out.accept(announcement.as(child.name()));
    return announcement;
  }

  private void awaitReady(List<String> gateways) throws Failure, InterruptedException {
    long deadline = System.nanoTime() + READY_TIMEOUT.toNanos();
    try (ReadyProbe probe = new ReadyProbe()) {
      for (String gateway : gateways) {
        while (!probe.sees(gateway, plan.generators())) {
          requireAllAlive();
          if (System.nanoTime() > deadline) {
            throw new Failure(gateway + "/readyz did not see all generators in time");
          }
          Thread.sleep(POLL_INTERVAL);
        }
      }
    }
    requireAllAlive();
  }

  private void requireAllAlive() throws Failure {
    for (ChildProcess child : all()) {
      if (!child.isAlive()) {
        throw new Failure(child.ending() + " before the fleet was ready");
      }
    }
  }

  /** The process of each name, in the order of their first starts. */
  List<ChildProcess> all() {
    return processes.all();
  }

  /** Waits until {@link #close} has ended everything. */
  void awaitClosed() throws InterruptedException {
    closed.await();
  }

  /** Ends everything, once; a second call waits for the first. An interrupt makes it hasty. */
  @Override
  public void close() {
    try {
      if (!processes.tryBeginClosing()) {
        closed.await();
        return;
      }
      supervisor.close();
      processes.stop("gateway", GATEWAY_TIMEOUT);
      processes.kill("generator");
      processes.stop("lambda", LAMBDA_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      all().forEach(ChildProcess::kill);
    }
    try {
      keyset.close();
    } catch (IOException e) {
      log.accept("coatcheck: the keyset of this run is left over: " + IoReason.of(e));
    }
    closed.countDown();
  }
}
