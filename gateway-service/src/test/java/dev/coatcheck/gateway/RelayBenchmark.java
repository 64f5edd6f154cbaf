package dev.coatcheck.gateway;

import dev.coatcheck.gateway.loop.EventLoops;
import dev.coatcheck.gateway.relay.DownloadService;
import dev.coatcheck.gateway.relay.RelaySink;
import dev.coatcheck.gateway.relay.RelaySource;
import dev.coatcheck.gateway.relay.RelayedChunk;
import dev.coatcheck.gateway.routing.Discovery;
import dev.coatcheck.gateway.routing.GeneratorDirectory;
import dev.coatcheck.gateway.routing.GeneratorFailure;
import dev.coatcheck.gateway.routing.KeyRouter;
import dev.coatcheck.gateway.routing.Placement;
import dev.coatcheck.key.KeySealer;
import dev.coatcheck.key.KeysetFile;
import dev.coatcheck.v1.DownloadImageRequest;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One image of 16 MiB through the relay, from a generator's socket to a sink that takes everything
 * at once. The generator is a fake in this process, and its part is in the figure.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class RelayBenchmark {

  private static final int SIZE_BYTES = 16 << 20;
  private static final int PATIENCE_SECONDS = 30;

  private final EventLoops loops = EventLoops.start(1);
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final ScriptedImage image = ScriptedImage.ofSize(SIZE_BYTES);
  private @Nullable FakeGenerator generator;
  private @Nullable GeneratorDirectory directory;
  private @Nullable DownloadService relays;

  @Setup
  public void start() throws Exception {
    Path folder = Files.createTempDirectory("coatcheck-bench-");
    Path file = folder.resolve("keyset.json");
    folder.toFile().deleteOnExit();
    file.toFile().deleteOnExit(); // before the folder
    KeysetFile.create(file);
    KeySealer sealer = new KeySealer(KeysetFile.open(file)::aead);
    var fake = FakeGenerator.start(sealer);
    generator = fake;
    fake.hold(image);
    var found =
        GeneratorDirectory.start(new Discovery.Fixed(List.of(fake.address())), loops, timer);
    directory = found;
    while (found.fleet().active() == 0) {
      Thread.sleep(10);
    }
    relays =
        new DownloadService(
            new KeyRouter(sealer, found, InstantSource.system()),
            new Placement(found, () -> ThreadLocalRandom.current().nextLong()),
            timer);
    ByteBuffer got = ByteBuffer.allocate(SIZE_BYTES);
    download(got);
    if (!got.flip().equals(ByteBuffer.wrap(image.bytes))) {
      throw new IllegalStateException("other bytes came out of the relay than went in");
    }
  }

  @TearDown
  public void stop() {
    if (directory != null) {
      directory.close();
    }
    if (generator != null) {
      generator.close();
    }
    timer.shutdownNow();
    loops.close();
  }

  @Benchmark
  public long relay() throws Exception {
    return download(null);
  }

  private long download(@Nullable ByteBuffer target) throws Exception {
    var sink = new TakingSink(target);
    if (relays != null) {
      relays.download(DownloadImageRequest.newBuilder().setName(image.name).build(), sink);
    }
    long bytes = sink.taken.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (bytes != SIZE_BYTES) {
      throw new IllegalStateException(bytes + " bytes (expected: " + SIZE_BYTES + ")");
    }
    image.settlements.clear();
    return bytes;
  }

  /** Takes every chunk at once. */
  private static final class TakingSink implements RelaySink {

    final CompletableFuture<Long> taken = new CompletableFuture<>();
    private final @Nullable ByteBuffer target;

    // state: the channel's event loop
    private @Nullable RelaySource source;
    private long bytes;

    TakingSink(@Nullable ByteBuffer target) {
      this.target = target;
    }

    @Override
    public void start(RelaySource begun) {
      source = begun;
    }

    @Override
    public void head(RelayedChunk chunk) {
      chunk.release();
    }

    @Override
    public void data(RelayedChunk chunk) {
      bytes += chunk.dataBytes();
      if (target != null) {
        chunk.data().forEach(target::put);
      }
      chunk.release();
      if (source != null) {
        source.demand();
      }
    }

    @Override
    public void last(RelayedChunk chunk) {
      chunk.release();
      if (source != null) {
        source.written();
        source.received();
      }
      taken.complete(bytes);
    }

    @Override
    public void fail(GeneratorFailure failure) {
      taken.completeExceptionally(failure);
    }

    @Override
    public void abort(GeneratorFailure failure) {
      taken.completeExceptionally(failure);
    }
  }
}
