package dev.coatcheck.gateway.routing;

import dev.coatcheck.gateway.loop.EventLoops;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The generators of the fleet: for each address one channel, and one {@code WatchGenerator} stream
 * that keeps the {@link Fleet} up to date.
 *
 * <p><b>Threading:</b> any thread. {@link #fleet} is an immutable snapshot that is swapped whole;
 * readers take no lock.
 *
 * <p><b>Lifecycle:</b> from {@link #start} to {@link #close}, which ends every channel.
 */
public final class GeneratorDirectory {

  private static final Logger log = LoggerFactory.getLogger(GeneratorDirectory.class);

  private final EventLoops loops;
  private final ScheduledExecutorService timer;

  private volatile Fleet fleet = new Fleet(List.of(), List.of());
  private volatile long resolvedNanos;

  // state, under this
  private final Map<String, GeneratorClient> clients = new HashMap<>();
  private final Map<String, GeneratorWatch> watches = new HashMap<>();
  private @Nullable DnsAddresses dns;

  // state, set once, before any question
  private volatile boolean named;

  private GeneratorDirectory(EventLoops loops, ScheduledExecutorService timer) {
    this.loops = loops;
    this.timer = timer;
  }

  /** Begins to watch the generators that {@code discovery} finds. */
  public static GeneratorDirectory start(
      Discovery discovery, EventLoops loops, ScheduledExecutorService timer) {
    var directory = new GeneratorDirectory(loops, timer);
    switch (discovery) {
      case Discovery.Fixed fixed -> directory.found(fixed.addresses());
      case Discovery.Dns named -> directory.resolve(named.target());
    }
    return directory;
  }

  /** The generators as they were last heard of. */
  public Fleet fleet() {
    return fleet;
  }

  /**
   * A client for {@code address}, whether or not it is of the fleet now: an image may be held by a
   * generator that discovery has already dropped. The address comes out of a sealed key, never from
   * a caller.
   */
  synchronized GeneratorClient clientFor(String address) {
    return clients.computeIfAbsent(address, unknown -> GeneratorClient.of(unknown, loops));
  }

  /** Ends every call and every channel. */
  public synchronized void close() {
    if (dns != null) {
      dns.close();
    }
    watches.values().forEach(GeneratorWatch::close);
    clients.values().forEach(GeneratorClient::close);
  }

  private synchronized void resolve(String target) {
    named = true;
    dns = DnsAddresses.resolve(target, timer, this::found);
  }

  private synchronized void found(List<String> addresses) {
    Fleet before = fleet;
    fleet =
        new Fleet(
            addresses.stream().map(address -> memberOf(before, address)).toList(),
            Stream.concat(before.members().stream(), before.leaving().stream())
                .filter(member -> !addresses.contains(member.client().address()))
                .toList());
    resolvedNanos = System.nanoTime();
    forgetGone();
    for (String address : addresses) {
      watches.computeIfAbsent(address, this::watch);
    }
    if (!addresses.equals(before.addresses())) {
      log.info("generators: {}", addresses);
    }
  }

  /** Who is not named any more is watched until it cannot be heard: it may hold images still. */
  private void forgetGone() {
    for (Fleet.Member member : fleet.leaving()) {
      GeneratorWatch watch = watches.get(member.client().address());
      if (member.state() == Fleet.State.UNREACHABLE && watch != null) {
        watches.remove(member.client().address());
        watch.close();
      }
    }
    fleet =
        new Fleet(
            fleet.members(),
            fleet.leaving().stream()
                .filter(member -> member.state() != Fleet.State.UNREACHABLE)
                .toList());
  }

  private Fleet.Member memberOf(Fleet before, String address) {
    return Stream.concat(before.members().stream(), before.leaving().stream())
        .filter(member -> member.client().address().equals(address))
        .findFirst()
        .orElseGet(() -> Fleet.Member.unheard(clientFor(address)));
  }

  private GeneratorWatch watch(String address) {
    var watch = new GeneratorWatch(clientFor(address), timer, this::heard, this::lookAgain);
    watch.start();
    return watch;
  }

  private synchronized void heard(Fleet.Member member) {
    fleet.members().stream()
        .filter(before -> before.client() == member.client() && before.state() != member.state())
        .forEach(before -> log.info("generator {}: {}", member.client().address(), member.state()));
    fleet = fleet.with(member);
    forgetGone();
  }

  /**
   * True when the names were resolved after {@code nanos}; addresses that are given always were.
   */
  boolean resolvedSince(long nanos) {
    return !named || resolvedNanos - nanos > 0;
  }

  synchronized void lookAgain() {
    if (dns != null) {
      dns.refresh();
    }
  }
}
