package dev.coatcheck.cli;

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
 * they would only look for peers, then the Lambda; whoever does not go is killed. A child that ends
 * by itself is told and not replaced: that is an orchestrator's work.
 */
final class LocalFleet implements AutoCloseable {

  private static final Duration UP_WITHIN = Duration.ofMinutes(2);
  private static final Duration READY_WITHIN = Duration.ofMinutes(1);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  /** More than the grace that each gives to what runs. */
  private static final Duration GATEWAY_PATIENCE = Duration.ofSeconds(45);

  private static final Duration KILL_PATIENCE = Duration.ofSeconds(10);
  private static final Duration LAMBDA_PATIENCE = Duration.ofSeconds(10);

  private final FleetPlan plan;
  private final Path script;
  private final Map<String, String> environment;
  private final Consumer<String> out;
  private final Consumer<String> log;
  private final FleetKeyset keyset;

  // state, guarded by this
  private final Map<String, List<ChildProcess>> children = new LinkedHashMap<>();
  private boolean closing;

  // state, any thread
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * A fleet that is not started yet.
   *
   * @param script {@code ./coatcheck}, which starts one process of each kind
   * @param environment settings for the children, put over this process's own
   * @param out takes one line for each process, and for each that ended by itself
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
    this.environment = Map.copyOf(environment);
    this.out = out;
    this.log = log;
    this.keyset = FleetKeyset.of(environment.getOrDefault("COATCHECK_KEYSET", ""));
  }

  /**
   * Starts everything, and returns when every gateway sees every generator.
   *
   * @throws Failure if that cannot be; what was started runs until {@link #close}
   */
  void start() throws Failure, InterruptedException {
    plan.requireFreePorts();
    ChildProcess lambda = child("lambda", lambdaSettings());
    String endpoint = announce(lambda).field("url");

    List<String> peers = FleetPlan.freeAddresses(plan.generators());
    List<ChildProcess> generators = new ArrayList<>();
    for (int n = 1; n <= plan.generators(); n++) {
      generators.add(child("generator " + n, generatorSettings(endpoint, peers.get(n - 1), peers)));
    }
    List<String> addresses = new ArrayList<>();
    for (ChildProcess generator : generators) {
      addresses.add(announce(generator).field("grpc"));
    }

    List<ChildProcess> gateways = new ArrayList<>();
    for (int n = 1; n <= plan.gateways(); n++) {
      gateways.add(child("gateway " + n, gatewaySettings(endpoint, n, addresses)));
    }
    List<String> urls = new ArrayList<>();
    for (ChildProcess gateway : gateways) {
      urls.add(announce(gateway).field("http"));
    }
    awaitReady(urls);
    watch();
  }

  private Map<String, String> lambdaSettings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("COATCHECK_FUNCTION_URL_ORIGINS", plan.origins());
    settings.keySet().removeAll(environment.keySet()); // whoever set one of these means it
    settings.put("COATCHECK_LISTEN", FleetPlan.LOOPBACK + ":0");
    return settings;
  }

  private Map<String, String> generatorSettings(
      String endpoint, String address, List<String> peers) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("COATCHECK_MEMORY", "1GiB");
    settings.put("COATCHECK_LAMBDA_FUNCTION", "map=map,bytes=bytes");
    settings.put("COATCHECK_LAMBDA_ENDPOINT", endpoint);
    settings.put("COATCHECK_CALLBACK_URL", "http://" + plan.http(1));
    settings.keySet().removeAll(environment.keySet()); // whoever set one of these means it
    settings.put("COATCHECK_LISTEN", address);
    settings.put("COATCHECK_ADVERTISE", address);
    settings.put("COATCHECK_PEERS", FleetPlan.generatorsAt(peers));
    settings.put("COATCHECK_MANAGEMENT", FleetPlan.LOOPBACK + ":0");
    settings.put("COATCHECK_KEYSET", keyset.file().toString());
    return settings;
  }

  private Map<String, String> gatewaySettings(
      String endpoint, int number, List<String> generators) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("COATCHECK_FUNCTION_URL", endpoint + "/url/map/");
    settings.keySet().removeAll(environment.keySet()); // whoever set it means it
    settings.put("COATCHECK_HTTP", plan.http(number));
    settings.put("COATCHECK_GRPC", plan.grpc(number));
    settings.put("COATCHECK_MANAGEMENT", FleetPlan.LOOPBACK + ":0");
    settings.put("COATCHECK_GENERATORS", FleetPlan.generatorsAt(generators));
    settings.put("COATCHECK_KEYSET", keyset.file().toString());
    return settings;
  }

  private synchronized ChildProcess child(String name, Map<String, String> settings)
      throws Failure {
    if (closing) {
      throw new Failure("ended while it started");
    }
    String role = ChildProcess.role(name);
    Map<String, String> all = new LinkedHashMap<>(environment);
    all.putAll(settings);
    ChildProcess child =
        ChildProcess.start(name, List.of(script.toString(), role, "--supervised"), all, log);
    children.computeIfAbsent(role, anyRole -> new ArrayList<>()).add(child);
    return child;
  }

  private Announcement announce(ChildProcess child) throws Failure, InterruptedException {
    Announcement announcement = child.awaitAnnouncement(UP_WITHIN);
    out.accept(announcement.as(child.name()));
    return announcement;
  }

  private void awaitReady(List<String> gateways) throws Failure, InterruptedException {
    long deadline = System.nanoTime() + READY_WITHIN.toNanos();
    try (ReadyProbe probe = new ReadyProbe()) {
      for (String gateway : gateways) {
        while (!probe.sees(gateway, plan.generators())) {
          requireAllAlive();
          if (System.nanoTime() > deadline) {
            throw new Failure(gateway + "/readyz did not see all generators in time");
          }
          Thread.sleep(LOOK_AGAIN);
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

  private void watch() {
    for (ChildProcess child : all()) {
      child
          .onExit()
          .thenAccept(ended -> {
            if (!isClosing()) {
              out.accept(ended.ending());
            }
          });
    }
  }

  /** Every process that was started, in that order. */
  synchronized List<ChildProcess> all() {
    return children.values().stream().flatMap(List::stream).toList();
  }

  /** Waits until no process is left. */
  void awaitAllEnded() {
    all().forEach(child -> child.onExit().join());
  }

  private synchronized boolean isClosing() {
    return closing;
  }

  private synchronized boolean tryBeginClosing() {
    boolean first = !closing;
    closing = true;
    return first;
  }

  /** Ends everything, once; a second call waits for the first. An interrupt makes it hasty. */
  @Override
  public void close() {
    try {
      if (!tryBeginClosing()) {
        closed.await();
        return;
      }
      stop("gateway", GATEWAY_PATIENCE);
      kill("generator");
      stop("lambda", LAMBDA_PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      all().forEach(ChildProcess::kill);
    }
    try {
      keyset.close();
    } catch (IOException e) {
      log.accept("coatcheck: the keyset of this run is left over: " + e);
    }
    closed.countDown();
  }

  private synchronized List<ChildProcess> all(String role) {
    return List.copyOf(children.getOrDefault(role, List.of()));
  }

  private void kill(String role) throws InterruptedException {
    List<ChildProcess> ending = all(role);
    ending.forEach(ChildProcess::kill);
    for (ChildProcess child : ending) {
      child.awaitEnd(KILL_PATIENCE);
    }
  }

  private void stop(String role, Duration patience) throws InterruptedException {
    List<ChildProcess> ending = all(role);
    ending.forEach(ChildProcess::stop);
    long deadline = System.nanoTime() + patience.toNanos();
    for (ChildProcess child : ending) {
      child.awaitEnd(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    }
  }
}
