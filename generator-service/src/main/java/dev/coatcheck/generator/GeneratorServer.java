package dev.coatcheck.generator;

import static dev.coatcheck.kit.grpc.RequestMarshaller.parsing;

import dev.coatcheck.generator.handoff.AdminGrpcService;
import dev.coatcheck.generator.handoff.DrainCoordinator;
import dev.coatcheck.generator.handoff.IncomingHandoffs;
import dev.coatcheck.generator.handoff.PeerGrpcService;
import dev.coatcheck.generator.image.ClaimService;
import dev.coatcheck.generator.image.Clocks;
import dev.coatcheck.generator.image.ImageStore;
import dev.coatcheck.generator.ingest.ImageSource;
import dev.coatcheck.generator.ingest.Uploads;
import dev.coatcheck.generator.lambda.TransferChoice;
import dev.coatcheck.generator.memory.SegmentPool;
import dev.coatcheck.generator.rpc.ByteStreamService;
import dev.coatcheck.generator.rpc.GeneratorGrpcService;
import dev.coatcheck.generator.rpc.IdempotencyIndex;
import dev.coatcheck.generator.rpc.ImageCreator;
import dev.coatcheck.generator.rpc.ImageGrpcService;
import dev.coatcheck.generator.rpc.ImageListing;
import dev.coatcheck.generator.rpc.ImageNames;
import dev.coatcheck.generator.rpc.ImageServices;
import dev.coatcheck.generator.rpc.IngestGrpcService;
import dev.coatcheck.generator.rpc.PickupGrpcService;
import dev.coatcheck.generator.rpc.UploadTokens;
import dev.coatcheck.key.KeySealer;
import dev.coatcheck.key.KeysetFile;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ChannelzService;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A generator, wired. {@link #start} reads like the picture of it in {@code docs/architecture.md}.
 *
 * <p><b>Lifecycle:</b> started once; {@link #drain} hands over what it holds; {@link #close} ends
 * it at once and gives the memory back.
 */
public final class GeneratorServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(GeneratorServer.class);

  private static final int SEGMENT_BYTES = 256 * 1024;
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);
  private static final Duration LAST_ANSWERS = Duration.ofMillis(500);

  private final GeneratorConfig config;
  private final HostPort address;
  private final SegmentPool pool;
  private final ImageStore store;
  private final DrainCoordinator coordinator;
  private final IntSupplier functionCalls;
  private final Runnable closeSource;
  private final Server server;
  private final Server management;
  private final ScheduledExecutorService clock;
  private final ExecutorService callers;

  private GeneratorServer(
      GeneratorConfig config,
      HostPort address,
      SegmentPool pool,
      ImageStore store,
      DrainCoordinator coordinator,
      IntSupplier functionCalls,
      Runnable closeSource,
      Server server,
      Server management,
      ScheduledExecutorService clock,
      ExecutorService callers) {
    this.config = config;
    this.address = address;
    this.pool = pool;
    this.store = store;
    this.coordinator = coordinator;
    this.functionCalls = functionCalls;
    this.closeSource = closeSource;
    this.server = server;
    this.management = management;
    this.clock = clock;
    this.callers = callers;
  }

  /**
   * Starts a generator.
   *
   * @param extra more services, on the same transport
   * @throws IOException if a port cannot be opened, or the keyset cannot be read
   */
  public static GeneratorServer start(GeneratorConfig config, BindableService... extra)
      throws IOException {
    TransferChoice lambda = new TransferChoice(PartSettings.lambda(config));
    try {
      return start(config, lambda, lambda::running, lambda::close, extra);
    } catch (IOException | RuntimeException e) {
      lambda.close();
      throw e;
    }
  }

  /** Starts a generator whose images come from {@code source}. */
  static GeneratorServer start(
      GeneratorConfig config, ImageSource source, Runnable closeSource, BindableService... extra)
      throws IOException {
    return start(config, source, () -> 0, closeSource, extra);
  }

  private static GeneratorServer start(
      GeneratorConfig config,
      ImageSource source,
      IntSupplier functionCalls,
      Runnable closeSource,
      BindableService... extra)
      throws IOException {
    KeySealer sealer = new KeySealer(KeysetFile.open(config.keyset())::aead);
    SecureRandom entropy = new SecureRandom();
    long incarnation = entropy.nextLong();
    HostPort address = Addresses.advertised(config);

    SegmentPool pool = new SegmentPool(config.memory(), SEGMENT_BYTES);
    ImageStore store = new ImageStore(pool, Clocks.SYSTEM, PartSettings.limits(config), entropy);
    ScheduledExecutorService clock = Executors.newScheduledThreadPool(1, daemon("clock"));
    ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

    UploadTokens tokens =
        new UploadTokens(sealer, Clocks.SYSTEM.wall(), incarnation, address.toString());
    Uploads uploads = new Uploads();
    ImageNames names =
        new ImageNames(
            sealer, entropy, Clocks.SYSTEM.wall(), incarnation, address.toString(), store);
    IdempotencyIndex requestIds = new IdempotencyIndex(names);
    ImageCreator creator =
        new ImageCreator(
            names,
            store,
            source,
            PartSettings.creates(config),
            requestIds,
            uploads,
            tokens,
            callers,
            clock);
    ClaimService desk = new ClaimService(clock);
    HealthStatusManager health = new HealthStatusManager();

    ImageListing listing = new ImageListing(store, address.toString(), Clocks.SYSTEM);
    IncomingHandoffs transfers =
        new IncomingHandoffs(incarnation, store, requestIds, Clocks.SYSTEM, creator::isDraining);
    DrainCoordinator coordinator =
        new DrainCoordinator(
            incarnation,
            config.peers(),
            store,
            transfers,
            requestIds,
            () -> {
              creator.drain();
              health.enterTerminalState();
            },
            Clocks.SYSTEM,
            callers);

    NettyServerBuilder services =
        Transport.listening(
                new HostPort(config.listen().host(), address.port()), config.limits(), clock)
            .addService(
                parsing(
                    new ImageServices(names, creator, desk)
                        .bind(new ImageGrpcService(names, creator, clock, HEARTBEAT))))
            .addService(parsing(new ByteStreamService(names, desk).bind()))
            .addService(parsing(new PickupGrpcService(names, clock).bindService()))
            .addService(parsing(new IngestGrpcService(tokens, uploads, store).bindService()))
            .addService(
                parsing(
                    new GeneratorGrpcService(
                            incarnation, pool, store, creator, clock, HEARTBEAT, listing)
                        .bindService()))
            .addService(
                parsing(
                    new PeerGrpcService(
                            incarnation, address.toString(), store, transfers, Clocks.SYSTEM)
                        .bindService()))
            .addService(health.getHealthService());
    List.of(extra).forEach(services::addService);
    NettyServerBuilder operators =
        Transport.listening(config.management(), config.limits(), clock)
            .addService(
                parsing(new AdminGrpcService(listing, coordinator, config.grace()).bindService()))
            .addService(ChannelzService.newInstance(100))
            .addService(health.getHealthService());

    clock.scheduleWithFixedDelay(store::sweep, 1, 1, TimeUnit.SECONDS);
    clock.scheduleWithFixedDelay(transfers::sweep, 1, 1, TimeUnit.SECONDS);
    clock.scheduleWithFixedDelay(requestIds::sweep, 1, 1, TimeUnit.MINUTES);
    return new GeneratorServer(
        config,
        address,
        pool,
        store,
        coordinator,
        functionCalls,
        closeSource,
        services.build().start(),
        operators.build().start(),
        clock,
        callers);
  }

  private static java.util.concurrent.ThreadFactory daemon(String name) {
    return Thread.ofPlatform().name(name).daemon().factory();
  }

  /** Where gateways reach it. */
  public String address() {
    return address.toString();
  }

  /** Where operators reach it. */
  public String management() {
    return config.management().withPort(management.getPort()).toString();
  }

  /** The memory; for tests and operators. */
  public SegmentPool pool() {
    return pool;
  }

  /** The images; for tests and operators. */
  public ImageStore store() {
    return store;
  }

  /** How many calls of functions run now; for tests and operators. */
  public int functionCalls() {
    return functionCalls.getAsInt();
  }

  /**
   * Refuses new images, hands over what is held, and lets running streams end, until nothing is
   * left or the grace is over.
   */
  public void drain() throws InterruptedException {
    try {
      var _ = coordinator.drain(config.grace()).get();
    } catch (ExecutionException e) {
      log.error("the drain failed", e.getCause());
    }
    server.shutdown(); // calls that have come are still told where the images are
    server.awaitTermination(LAST_ANSWERS.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    try {
      server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
      management.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeSource.run();
    callers.shutdownNow();
    clock.shutdownNow();
    pool.close();
  }
}
