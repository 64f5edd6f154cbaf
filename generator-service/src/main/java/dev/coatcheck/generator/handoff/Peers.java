package dev.coatcheck.generator.handoff;

import dev.coatcheck.contract.StatusDetails;
import dev.coatcheck.kit.sweep.Sweep;
import dev.coatcheck.v1.WatchGeneratorResponse;
import io.grpc.StatusRuntimeException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other generators, looked up and asked anew every now and then while this one drains. It knows
 * itself among them by the incarnation.
 *
 * <p><b>Threading:</b> the thread that drains; what {@link #inOrderFor} gives, any.
 *
 * <p><b>Lifecycle:</b> made for one drain; {@link #close} ends the connections.
 */
final class Peers implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Peers.class);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

  private record Asked(Peer peer, WatchGeneratorResponse state) {}

  private record Placed(Peer peer, boolean doubted, long distance) {}

  private final PeerNames names;
  private final long incarnation;
  private final ExecutorService threads;

  // state: the thread that drains
  private final Map<String, Peer> known = new HashMap<>();
  private List<Peer> answering = List.of();
  private boolean looked;
  private long lookedNanos;

  // state: written by the thread that drains
  private volatile List<Peer> taking = List.of();

  Peers(PeerNames names, long incarnation, ExecutorService threads) {
    this.names = names;
    this.incarnation = incarnation;
    this.threads = threads;
  }

  /** Looks which there are, unless that was done a moment ago. */
  void refresh() throws InterruptedException {
    if (looked && System.nanoTime() - lookedNanos < LOOK_AGAIN.toNanos()) {
      return;
    }
    List<Callable<Asked>> questions = new ArrayList<>();
    for (String address : resolve()) {
      peerAt(address).ifPresent(peer -> questions.add(() -> new Asked(peer, peer.state())));
    }
    List<Peer> answered = new ArrayList<>();
    List<Peer> active = new ArrayList<>();
    for (Future<Asked> answer : threads.invokeAll(questions)) {
      try {
        Asked asked = answer.get();
        if (asked.state().getIncarnation() != incarnation) {
          answered.add(asked.peer());
          if (asked.state().getState() == WatchGeneratorResponse.State.ACTIVE) {
            active.add(asked.peer());
          }
        }
      } catch (ExecutionException e) {
        log.debug("a peer did not answer", e.getCause());
      }
    }
    if (!looked || !active.equals(taking)) {
      log.info("peers that take images: {}", active);
    }
    answering = answered;
    taking = List.copyOf(active);
    looked = true;
    lookedNanos = System.nanoTime();
  }

  /** Empty for an address that gRPC does not take: the others are asked all the same. */
  private Optional<Peer> peerAt(String address) {
    try {
      return Optional.of(known.computeIfAbsent(address, Peer::at));
    } catch (IllegalArgumentException e) {
      log.warn("peer {}: {}", address, e.getMessage());
      return Optional.empty();
    }
  }

  private List<String> resolve() {
    try {
      return names.resolve();
    } catch (UnknownHostException e) {
      log.warn("peers: {} does not resolve; going on with those that are known", e.getMessage());
      return List.copyOf(known.keySet());
    }
  }

  /** True when there is one that takes images. */
  boolean anyTaking() {
    return !taking.isEmpty();
  }

  /**
   * Those that take images, in the order of the ring from {@code id} on; but those that did not
   * answer a moment ago come last.
   */
  List<Peer> inOrderFor(String id) {
    return taking.stream()
        .map(peer -> new Placed(peer, peer.isDoubted(), RingDistance.of(id, peer.address())))
        .sorted(
            Comparator.comparing(Placed::doubted)
                .thenComparing(Placed::distance, Long::compareUnsigned))
        .map(Placed::peer)
        .toList();
  }

  /** Runs {@code call} for each that answered, and says in the log which did not do it. */
  void each(java.util.function.Consumer<Peer> call, String what) {
    Sweep.each(
        answering,
        peer -> {
          try {
            call.accept(peer);
          } catch (StatusRuntimeException e) {
            log.warn(
                "peer {} did not take {}: {}", peer, what, StatusDetails.describe(e.getStatus()));
          }
        });
  }

  @Override
  public void close() {
    known.values().forEach(Peer::close);
  }
}
