package dev.coatcheck.gateway.rpc;

import static dev.coatcheck.kit.grpc.RequestMarshaller.parsing;

import dev.coatcheck.gateway.loop.EventLoops;
import dev.coatcheck.gateway.progress.ProgressFeed;
import dev.coatcheck.gateway.relay.DownloadService;
import dev.coatcheck.gateway.routing.FleetListing;
import dev.coatcheck.gateway.routing.ImageCalls;
import dev.coatcheck.kit.grpc.GrpcPortLimits;
import dev.coatcheck.kit.grpc.LimitedPort;
import dev.coatcheck.kit.limits.RefusalCounters;
import dev.coatcheck.v1.ImageServiceGrpc;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.ChannelzService;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The gRPC port, and the management port beside it.
 *
 * <p><b>Threading:</b> nothing of ours blocks, so that calls run on the event loops.
 *
 * <p><b>Lifecycle:</b> from {@link #start} to {@link #close}.
 */
public final class RpcServer {

  private static final int MAX_CHANNELZ_ENTRIES = 100;

  private final Server server;
  private final Server management;
  private final HealthStatusManager health;
  private final RefusalCounters refusals;
  private final DownloadService relays;

  private RpcServer(
      Server server,
      Server management,
      HealthStatusManager health,
      RefusalCounters refusals,
      DownloadService relays) {
    this.server = server;
    this.management = management;
    this.health = health;
    this.refusals = refusals;
    this.relays = relays;
  }

  /**
   * Opens both ports; an address may have port 0.
   *
   * @param limits of each of them
   * @param scheduler looks for requests that are overdue
   */
  public static RpcServer start(
      InetSocketAddress address,
      InetSocketAddress managementAddress,
      GrpcPortLimits limits,
      ScheduledExecutorService scheduler,
      EventLoops loops,
      ImageCalls calls,
      DownloadService relays,
      ProgressFeed feed,
      FleetListing listing)
      throws IOException {
    var health = new HealthStatusManager();
    health.setStatus(ImageServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
    var port = new LimitedPort(limits, scheduler);
    Server server =
        loops
            .serve(port.serverAt(address))
            .directExecutor()
            .addService(parsing(new ImageGrpcService(calls, relays, feed).definition()))
            .addService(parsing(new ByteStreamService(relays).definition()))
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .addService(olderReflection())
            .build()
            .start();
    try {
      Server management =
          new LimitedPort(limits, scheduler)
              .serverAt(managementAddress)
              .directExecutor() // nothing here blocks; gRPC's own has a thread for each call
              .addService(parsing(new AdminGrpcService(listing).bindService()))
              .addService(health.getHealthService())
              .addService(ChannelzService.newInstance(MAX_CHANNELZ_ENTRIES))
              .addService(ProtoReflectionServiceV1.newInstance())
              .addService(olderReflection())
              .build()
              .start();
      return new RpcServer(server, management, health, port.refusals(), relays);
    } catch (IOException e) {
      server.shutdownNow();
      throw e;
    }
  }

  /** {@code v1alpha}, deprecated, but the only one that older releases of grpcurl speak. */
  @SuppressWarnings("deprecation")
  private static BindableService olderReflection() {
    return io.grpc.protobuf.services.ProtoReflectionService.newInstance();
  }

  /** The port for programs. */
  public int port() {
    return server.getPort();
  }

  /** The port for operators. */
  public int managementPort() {
    return management.getPort();
  }

  /** What the port for programs has refused. */
  public RefusalCounters refusals() {
    return refusals;
  }

  /** Says "not serving" from now on. */
  public void drain() {
    health.enterTerminalState();
  }

  /** Takes no more calls, waits at most {@code grace} for those that run, and ends. */
  public void close(Duration grace) throws InterruptedException {
    server.shutdown();
    if (!server.awaitTermination(grace.toNanos(), TimeUnit.NANOSECONDS)) {
      relays.end();
      server.shutdownNow().awaitTermination(1, TimeUnit.SECONDS);
    }
    management.shutdownNow();
  }
}
