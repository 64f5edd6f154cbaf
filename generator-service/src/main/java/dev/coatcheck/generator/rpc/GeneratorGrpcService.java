package dev.coatcheck.generator.rpc;

import dev.coatcheck.generator.image.ImageStore;
import dev.coatcheck.generator.memory.SegmentPool;
import dev.coatcheck.v1.GeneratorServiceGrpc;
import dev.coatcheck.v1.ListImagesRequest;
import dev.coatcheck.v1.ListImagesResponse;
import dev.coatcheck.v1.WatchGeneratorRequest;
import dev.coatcheck.v1.WatchGeneratorResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code GeneratorService}: what gateways place new images by.
 *
 * <p>Looks ten times a second for each watcher, of whom there are a few: cheaper than a listener on
 * every reservation.
 */
public final class GeneratorGrpcService extends GeneratorServiceGrpc.GeneratorServiceImplBase {

  private static final long LOOK_MILLIS = 100;

  private final long incarnation;
  private final SegmentPool pool;
  private final ImageStore store;
  private final ImageCreator creator;
  private final ScheduledExecutorService clock;
  private final Duration heartbeat;
  private final ImageListing listing;

  public GeneratorGrpcService(
      long incarnation,
      SegmentPool pool,
      ImageStore store,
      ImageCreator creator,
      ScheduledExecutorService clock,
      Duration heartbeat,
      ImageListing listing) {
    this.incarnation = incarnation;
    this.pool = pool;
    this.store = store;
    this.creator = creator;
    this.clock = clock;
    this.heartbeat = heartbeat;
    this.listing = listing;
  }

  @Override
  public void listImages(ListImagesRequest request, StreamObserver<ListImagesResponse> answer) {
    ImageGrpcService.answer(answer, () -> CompletableFuture.completedFuture(listing.list(request)));
  }

  @Override
  public void watchGenerator(
      WatchGeneratorRequest request, StreamObserver<WatchGeneratorResponse> answer) {
    new Watch((ServerCallStreamObserver<WatchGeneratorResponse>) answer).start();
  }

  private WatchGeneratorResponse now() {
    return WatchGeneratorResponse.newBuilder()
        .setIncarnation(incarnation)
        .setState(
            creator.isDraining()
                ? WatchGeneratorResponse.State.DRAINING
                : WatchGeneratorResponse.State.ACTIVE)
        .setFreeBytes(pool.freeBytes())
        .setBudgetBytes(pool.budgetBytes())
        .setImages(store.size())
        .build();
  }

  private final class Watch {

    private final ServerCallStreamObserver<WatchGeneratorResponse> watcher;

    // state: guarded by this
    private @Nullable WatchGeneratorResponse told;
    private long toldNanos;

    Watch(ServerCallStreamObserver<WatchGeneratorResponse> watcher) {
      this.watcher = watcher;
    }

    void start() {
      ScheduledFuture<?> looking =
          clock.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
      watcher.setOnCancelHandler(() -> looking.cancel(false));
      look();
    }

    private synchronized void look() {
      WatchGeneratorResponse state = now();
      long nanos = System.nanoTime();
      boolean news = !state.equals(told) || nanos - toldNanos >= heartbeat.toNanos();
      if (news && watcher.isReady() && !watcher.isCancelled()) {
        told = state;
        toldNanos = nanos;
        watcher.onNext(state);
      }
    }
  }
}
