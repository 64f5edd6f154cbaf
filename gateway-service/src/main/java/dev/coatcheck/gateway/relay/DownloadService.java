package dev.coatcheck.gateway.relay;

import dev.coatcheck.gateway.routing.GeneratorClient;
import dev.coatcheck.gateway.routing.KeyRouter;
import dev.coatcheck.gateway.routing.Placement;
import dev.coatcheck.gateway.routing.Route;
import dev.coatcheck.kit.sweep.Sweep;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.GenerateImageRequest;
import dev.coatcheck.v1.ImageChunk;
import dev.coatcheck.v1.ImageServiceGrpc;
import dev.coatcheck.v1.SettlePickupRequest;
import dev.coatcheck.v1.Settlement;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Begins downloads. Each asks its generator for manual settlement, and settles by what its sink
 * says.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class DownloadService {

  /** Well below the time after which a generator takes a stream for stalled. */
  private static final Duration REPORT_EVERY = Duration.ofSeconds(2);

  private static final long CHUNK_BYTES = 256 << 10;

  /**
   * What a reader who has stalled can pin: the chunk that its sink holds, what may be under way to
   * it, and as much as a chunk for the rest of the buffers that those came in.
   */
  private static final long STALLED_BYTES =
      (ChunkRelay.CREDIT + 1) * CHUNK_BYTES + GeneratorClient.FLOW_CONTROL_WINDOW_BYTES;

  /**
   * Of the off-heap memory: with more in use nobody is let in. A buffer that came in half empty is
   * pinned whole, so those who have stalled may take more than what they have to read.
   */
  private static final double FULL_SHARE = 0.75;

  private final KeyRouter owners;
  private final Placement placement;
  private final ScheduledExecutorService timer;

  private final Semaphore room;
  private final LongSupplier usedBytes;
  private final RelayMetrics meter = new RelayMetrics();
  private final PassThroughMarshaller marshaller = new PassThroughMarshaller(meter);
  private final MethodDescriptor<DownloadImageRequest, RelayedChunk> download =
      passingThrough(ImageServiceGrpc.getDownloadImageMethod());
  private final MethodDescriptor<GenerateImageRequest, RelayedChunk> generate =
      passingThrough(ImageServiceGrpc.getGenerateImageMethod());

  // state, any thread
  private final Set<ChunkRelay<?>> running = ConcurrentHashMap.newKeySet();

  private volatile boolean ending;

  // state, under this
  private int settlements;

  /** As many at once as the off-heap memory of this process allows. */
  public DownloadService(KeyRouter owners, Placement placement, ScheduledExecutorService timer) {
    this(
        owners,
        placement,
        timer,
        Math.toIntExact(
            Math.min(Integer.MAX_VALUE, PlatformDependent.maxDirectMemory() / STALLED_BYTES)),
        PlatformDependent::usedDirectMemory);
  }

  /** At most {@code mostAtOnce} at a time, and none while so many off-heap bytes are in use. */
  public DownloadService(
      KeyRouter owners,
      Placement placement,
      ScheduledExecutorService timer,
      int mostAtOnce,
      LongSupplier usedBytes) {
    this.usedBytes = usedBytes;
    this.room = new Semaphore(mostAtOnce);
    this.owners = owners;
    this.placement = placement;
    this.timer = timer;
    timer.scheduleWithFixedDelay(
        () -> Sweep.each(running, ChunkRelay::reportIfSlow),
        REPORT_EVERY.toMillis(),
        REPORT_EVERY.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /** False when there is no memory for one more, should all of them stall. */
  boolean tryRun(ChunkRelay<?> relay) {
    if (usedBytes.getAsLong() > FULL_SHARE * PlatformDependent.maxDirectMemory()
        || !room.tryAcquire()) {
      return false;
    }
    running.add(relay);
    return true;
  }

  /** It holds no memory of the transport's any more, so that another may. */
  void over(ChunkRelay<?> relay) {
    if (running.remove(relay)) {
      room.release();
    }
  }

  /** From now on the gateway cuts its clients off, so that their end says nothing of them. */
  public void end() {
    ending = true;
  }

  void countUnconfirmed() {
    meter.unconfirmed();
  }

  boolean isEnding() {
    return ending;
  }

  /** Picks an image up, from the generator that its name leads to, into {@code sink}. */
  public void download(DownloadImageRequest request, RelaySink sink) {
    DownloadImageRequest manual = request.toBuilder().setSettlement(Settlement.MANUAL).build();
    new ChunkRelay<>(download, manual, owners.route(request.getName()), sink, this).start();
  }

  /** Has an image made by the first generator with room, and picks it up meanwhile. */
  public void generate(GenerateImageRequest request, RelaySink sink) {
    GenerateImageRequest manual = request.toBuilder().setSettlement(Settlement.MANUAL).build();
    Route route = placement.route(request.getCreate().getRequestId());
    new ChunkRelay<>(generate, manual, route, sink, this).start();
  }

  /** {@code method} with chunks that are not parsed into messages. */
  public <Q> MethodDescriptor<Q, RelayedChunk> passingThrough(
      MethodDescriptor<Q, ImageChunk> method) {
    return method.toBuilder(method.getRequestMarshaller(), marshaller).build();
  }

  /** What passed through so far. */
  public RelayStats stats() {
    return meter.stats();
  }

  /** Waits until every response that has ended is settled; false if it took too long. */
  public synchronized boolean awaitSettled(Duration patience) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + patience.toNanos();
    while (settlements > 0) {
      long left = deadlineNanos - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  void settle(SettlePickupRequest word) {
    synchronized (this) {
      settlements++;
    }
    SettlementRetry.begin(owners, word, timer, this::settled);
  }

  private synchronized void settled() {
    settlements--;
    notifyAll();
  }
}
