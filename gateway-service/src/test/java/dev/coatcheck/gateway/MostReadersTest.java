package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;

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
import dev.coatcheck.v1.ErrorReason;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway takes no more readers than it could hold if all of them stalled. */
class MostReadersTest {

  private static final int MOST = 2;
  private static final int SIZE_BYTES = 4 << 20;
  private static final String HEAD = "head";

  @TempDir Path folder;

  private final EventLoops loops = EventLoops.start(1);
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final AtomicLong used = new AtomicLong();
  private FakeGenerator generator;
  private GeneratorDirectory directory;
  private DownloadService relays;

  @BeforeEach
  void start() throws Exception {
    Path keyset = folder.resolve("keyset.json");
    KeysetFile.create(keyset);
    KeySealer sealer = new KeySealer(KeysetFile.open(keyset)::aead);
    generator = FakeGenerator.start(sealer);
    directory =
        GeneratorDirectory.start(new Discovery.Fixed(List.of(generator.address())), loops, timer);
    relays =
        new DownloadService(
            new KeyRouter(sealer, directory, InstantSource.system()),
            new Placement(directory, () -> 0L),
            timer,
            MOST,
            used::get);
  }

  @AfterEach
  void stop() {
    directory.close();
    generator.close();
    timer.shutdownNow();
    loops.close();
  }

  @Test
  void oneMoreIsRefusedUntilAnotherIsOver() throws Exception {
    Stalled first = download();
    Stalled second = download();
    assertThat(first.next()).isEqualTo(HEAD);
    assertThat(second.next()).isEqualTo(HEAD);

    assertThat(download().next()).isEqualTo(ErrorReason.GENERATOR_UNAVAILABLE);
    assertThat(download().next()).isEqualTo(ErrorReason.GENERATOR_UNAVAILABLE);

    first.leave();
    first.leave(); // said twice, counted once
    assertThat(download().next()).isEqualTo(HEAD);
    assertThat(download().next()).isEqualTo(ErrorReason.GENERATOR_UNAVAILABLE);
  }

  @Test
  void nobodyIsLetInWhileMemoryIsShort() throws Exception {
    used.set(Long.MAX_VALUE);
    assertThat(download().next()).isEqualTo(ErrorReason.GENERATOR_UNAVAILABLE);

    used.set(0);
    assertThat(download().next()).isEqualTo(HEAD);
    assertThat(download().next()).isEqualTo(HEAD);
  }

  private Stalled download() {
    ScriptedImage image = ScriptedImage.ofSize(SIZE_BYTES);
    generator.hold(image);
    var sink = new Stalled();
    relays.download(DownloadImageRequest.newBuilder().setName(image.name).build(), sink);
    return sink;
  }

  /** Takes nothing. */
  private static final class Stalled implements RelaySink {

    private final BlockingQueue<Object> came = new LinkedBlockingQueue<>();
    private @Nullable RelaySource source;

    Object next() throws InterruptedException {
      Object next = came.poll(10, TimeUnit.SECONDS);
      return next == null ? "nothing" : next;
    }

    void leave() {
      if (source != null) {
        source.broken(0);
      }
    }

    @Override
    public void start(RelaySource begun) {
      source = begun;
    }

    @Override
    public void head(RelayedChunk chunk) {
      chunk.release();
      came.add(HEAD);
    }

    @Override
    public void data(RelayedChunk chunk) {
      chunk.release();
    }

    @Override
    public void last(RelayedChunk chunk) {
      chunk.release();
    }

    @Override
    public void fail(GeneratorFailure failure) {
      came.add(failure.reason());
    }

    @Override
    public void abort(GeneratorFailure failure) {
      came.add(failure.reason());
    }
  }
}
