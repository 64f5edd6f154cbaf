package dev.coatcheck.gateway.routing;

import dev.coatcheck.gateway.loop.EventLoops;
import dev.coatcheck.key.ImageKey;
import dev.coatcheck.key.KeySealer;
import dev.coatcheck.key.KeysetFile;
import dev.coatcheck.v1.GeneratorServiceGrpc;
import dev.coatcheck.v1.WatchGeneratorRequest;
import dev.coatcheck.v1.WatchGeneratorResponse;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Where a request goes, in a fleet of few or many: a pickup by its key, a new image, and a new
 * image with a request id. The generators are one server at many addresses of the loopback network
 * (Linux has all of 127.0.0.0/8), each with a channel and a watch of its own, as in a gateway.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RoutingBenchmark {

  private static final int INCARNATION = 7;
  private static final int KEYS = 1000;
  private static final int HOSTS = 250;

  /** How many are known. */
  @Param({"2", "1000"})
  public int generators;

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final EventLoops loops = EventLoops.start(2);
  private final List<String> names = new ArrayList<>();
  private final List<String> requestIds = new ArrayList<>();
  private @Nullable Server server;
  private @Nullable GeneratorDirectory directory;
  private @Nullable KeyRouter owners;
  private @Nullable Placement placement;

  // state, one thread
  private int turn;

  @Setup
  public void start() throws Exception {
    Path folder = Files.createTempDirectory("coatcheck-bench-");
    Path file = folder.resolve("keyset.json");
    folder.toFile().deleteOnExit();
    file.toFile().deleteOnExit(); // before the folder
    KeysetFile.create(file);
    KeySealer sealer = new KeySealer(KeysetFile.open(file)::aead);
    List<String> addresses = listen();
    var found = GeneratorDirectory.start(new Discovery.Fixed(addresses), loops, timer);
    directory = found;
    while (found.fleet().active() < generators) {
      Thread.sleep(10);
    }
    owners = new KeyRouter(sealer, found, InstantSource.system());
    placement = new Placement(found, () -> ThreadLocalRandom.current().nextLong());
    var entropy = new SecureRandom();
    for (int i = 0; i < KEYS; i++) {
      String address = addresses.get(i % generators);
      names.add(
          "images/" + sealer.seal(ImageKey.create(entropy, Instant.now(), INCARNATION, address)));
      requestIds.add("request-" + i);
      String led = owners.route(names.get(i)).next(null).join().address();
      if (!led.equals(address)) {
        throw new IllegalStateException("to " + led + " (expected: " + address + ")");
      }
    }
  }

  private List<String> listen() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < generators; i++) {
      addresses.add("127.1.%d.%d:%d".formatted(i / HOSTS, 1 + i % HOSTS, port));
    }
    NettyServerBuilder builder = null;
    for (String address : addresses) {
      var at = new InetSocketAddress(address.substring(0, address.indexOf(':')), port);
      builder = builder == null ? NettyServerBuilder.forAddress(at) : builder.addListenAddress(at);
    }
    if (builder != null) {
      server =
          builder
              .permitKeepAliveTime(1, TimeUnit.SECONDS)
              .permitKeepAliveWithoutCalls(true)
              .addService(new Active())
              .build()
              .start();
    }
    return addresses;
  }

  @TearDown
  public void stop() {
    if (directory != null) {
      directory.close();
    }
    if (server != null) {
      server.shutdownNow();
    }
    timer.shutdownNow();
    loops.close();
  }

  @Benchmark
  public @Nullable GeneratorClient pickup() {
    return owners == null ? null : owners.route(names.get(next())).next(null).join();
  }

  @Benchmark
  public @Nullable GeneratorClient create() {
    return placement == null ? null : placement.route("").next(null).join();
  }

  @Benchmark
  public @Nullable GeneratorClient createWithRequestId() {
    return placement == null ? null : placement.route(requestIds.get(next())).next(null).join();
  }

  private int next() {
    turn = (turn + 1) % KEYS;
    return turn;
  }

  /** Takes everything, and says so. */
  private static final class Active extends GeneratorServiceGrpc.GeneratorServiceImplBase {

    @Override
    public void watchGenerator(
        WatchGeneratorRequest request, StreamObserver<WatchGeneratorResponse> out) {
      out.onNext(
          WatchGeneratorResponse.newBuilder()
              .setIncarnation(INCARNATION)
              .setState(WatchGeneratorResponse.State.ACTIVE)
              .setFreeBytes(ThreadLocalRandom.current().nextLong(1L << 30, 1L << 33))
              .setBudgetBytes(1L << 33)
              .build());
    }
  }
}
