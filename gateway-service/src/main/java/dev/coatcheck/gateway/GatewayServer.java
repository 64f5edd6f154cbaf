package dev.coatcheck.gateway;

import dev.coatcheck.gateway.http.HttpServer;
import dev.coatcheck.gateway.loop.EventLoops;
import dev.coatcheck.gateway.progress.ProgressFeed;
import dev.coatcheck.gateway.relay.DownloadService;
import dev.coatcheck.gateway.relay.RelayStats;
import dev.coatcheck.gateway.routing.Fleet;
import dev.coatcheck.gateway.routing.FleetListing;
import dev.coatcheck.gateway.routing.GeneratorDirectory;
import dev.coatcheck.gateway.routing.ImageCalls;
import dev.coatcheck.gateway.routing.KeyRouter;
import dev.coatcheck.gateway.routing.Placement;
import dev.coatcheck.gateway.routing.UploadCalls;
import dev.coatcheck.gateway.rpc.RpcServer;
import dev.coatcheck.key.KeySealer;
import dev.coatcheck.key.KeysetFile;
import dev.coatcheck.kit.limits.RefusalCounters;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A gateway, with both of its ports open.
 *
 * <p><b>Lifecycle:</b> from {@link #start} to {@link #close}. Closing says "not ready", takes
 * nothing new, lets what runs finish within a time of grace, and tells the generators how it ended.
 */
public final class GatewayServer implements AutoCloseable {

  /** How long the generators may take, at most, to hear how the last responses ended. */
  private static final Duration SETTLE_PATIENCE = Duration.ofSeconds(10);

  private final GatewayConfig config;
  private final EventLoops loops;
  private final ScheduledExecutorService timer;
  private final GeneratorDirectory directory;
  private final DownloadService relays;
  private final HttpServer http;
  private final RpcServer rpc;
  private final AtomicBoolean closed = new AtomicBoolean();

  private GatewayServer(
      GatewayConfig config,
      EventLoops loops,
      ScheduledExecutorService timer,
      GeneratorDirectory directory,
      DownloadService relays,
      HttpServer http,
      RpcServer rpc) {
    this.config = config;
    this.loops = loops;
    this.timer = timer;
    this.directory = directory;
    this.relays = relays;
    this.http = http;
    this.rpc = rpc;
  }

  /** Opens the ports of a new gateway. */
  public static GatewayServer start(GatewayConfig config) throws Exception {
    KeysetFile keyset = KeysetFile.open(config.keyset());
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("timer").factory());

    var loops = EventLoops.start(Runtime.getRuntime().availableProcessors());
    var directory = GeneratorDirectory.start(config.generators(), loops, timer);
    try {
      return start(config, new KeySealer(keyset::aead), loops, directory, timer);
    } catch (Exception e) {
      directory.close();
      timer.shutdownNow();
      loops.close();
      throw e;
    }
  }

  /** Puts the parts together and opens the ports. */
  private static GatewayServer start(
      GatewayConfig config,
      KeySealer sealer,
      EventLoops loops,
      GeneratorDirectory directory,
      ScheduledExecutorService timer)
      throws Exception {
    var owners = new KeyRouter(sealer, directory, InstantSource.system());
    var placement = new Placement(directory, () -> ThreadLocalRandom.current().nextLong());
    var calls = new ImageCalls(owners, placement);
    var uploads = new UploadCalls(owners);
    var relays = new DownloadService(owners, placement, timer);
    var feed = new ProgressFeed(owners);
    var rpc =
        RpcServer.start(
            config.grpc().toSocketAddress(),
            config.management().toSocketAddress(),
            config.grpcLimits(),
            timer,
            loops,
            calls,
            relays,
            feed,
            new FleetListing(directory));
    try {
      var http =
          HttpServer.start(
              config.http().toSocketAddress(),
              loops,
              config.stallTimeout(),
              config.httpLimits(),
              config.allowedHosts(),
              config.corsOrigins(),
              calls,
              uploads,
              relays,
              feed,
              directory::fleet,
              rpc.port(),
              config.functionUrl());
      return new GatewayServer(config, loops, timer, directory, relays, http, rpc);
    } catch (Exception e) {
      rpc.close(Duration.ZERO);
      throw e;
    }
  }

  /** The port for HTTP. */
  public int httpPort() {
    return http.port();
  }

  /** The port for gRPC. */
  public int grpcPort() {
    return rpc.port();
  }

  /** The port for operators. */
  public int managementPort() {
    return rpc.managementPort();
  }

  /** All that is served over HTTP, each {@code METHOD path}. */
  public List<String> httpOperations() {
    return http.operations();
  }

  /** What passed through so far. */
  public RelayStats relayStats() {
    return relays.stats();
  }

  /** What the port for HTTP has refused. */
  public RefusalCounters httpRefusals() {
    return http.refusals();
  }

  /** What the port for gRPC has refused. */
  public RefusalCounters grpcRefusals() {
    return rpc.refusals();
  }

  /** The generators as they were last heard of. */
  public Fleet fleet() {
    return directory.fleet();
  }

  /** One line with every address. */
  String addresses() {
    return "http=http://%s grpc=%s management=%s"
        .formatted(
            config.http().withPort(httpPort()),
            config.grpc().withPort(grpcPort()),
            config.management().withPort(managementPort()));
  }

  /** Ends at once, cutting what runs. */
  @Override
  public void close() {
    try {
      close(Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IllegalStateException("the gateway did not end cleanly", e);
    }
  }

  /** Takes nothing new, and waits at most {@code grace} for what runs. */
  public void close(Duration grace) throws Exception {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    long deadlineNanos = System.nanoTime() + grace.toNanos();
    rpc.drain();
    http.close(grace);
    rpc.close(Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())));
    relays.awaitSettled(grace.compareTo(SETTLE_PATIENCE) < 0 ? grace : SETTLE_PATIENCE);
    directory.close();
    timer.shutdownNow();
    loops.close();
  }
}
