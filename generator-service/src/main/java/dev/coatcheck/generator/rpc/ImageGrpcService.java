package dev.coatcheck.generator.rpc;

import dev.coatcheck.generator.image.Image;
import dev.coatcheck.generator.image.ImageState;
import dev.coatcheck.generator.image.ImageStatus;
import dev.coatcheck.generator.image.ImageStore;
import dev.coatcheck.generator.image.ImageWait;
import dev.coatcheck.generator.image.ServiceException;
import dev.coatcheck.generator.image.Tombstone;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.DeleteImageRequest;
import dev.coatcheck.v1.DeleteImageResponse;
import dev.coatcheck.v1.GetImageRequest;
import dev.coatcheck.v1.ImageServiceGrpc;
import dev.coatcheck.v1.WatchImageRequest;
import dev.coatcheck.v1.WatchImageResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The small methods of {@code ImageService}: all but the two that answer with an image.
 *
 * <p><b>Threading:</b> the transport's event loop; nothing blocks, and waiting is a listener.
 */
public final class ImageGrpcService extends ImageServiceGrpc.ImageServiceImplBase {

  private static final Logger log = LoggerFactory.getLogger(ImageGrpcService.class);

  private final ImageNames names;
  private final ImageCreator creator;
  private final ScheduledExecutorService clock;
  private final Duration heartbeat;

  /**
   * Serves what {@code names} finds.
   *
   * @param heartbeat how often a watcher hears something
   */
  public ImageGrpcService(
      ImageNames names, ImageCreator creator, ScheduledExecutorService clock, Duration heartbeat) {
    this.names = names;
    this.creator = creator;
    this.clock = clock;
    this.heartbeat = heartbeat;
  }

  @Override
  public void createImage(
      CreateImageRequest request, StreamObserver<dev.coatcheck.v1.Image> answer) {
    answer(
        answer,
        () -> {
          ImageCreator.Created created = creator.create(request);
          boolean waits = created.waitFor().isPositive(); // else it fails late, if it is to fail
          return ended(created.image(), created.waitFor())
              .thenApply(
                  status -> ImageMessages.of(created.name(), waits ? orFailure(status) : status));
        });
  }

  @Override
  public void getImage(GetImageRequest request, StreamObserver<dev.coatcheck.v1.Image> answer) {
    answer(
        answer,
        () -> {
          Duration waitFor = CreateOptions.waitFor(request.hasWait() ? request.getWait() : null);
          return statusOf(request.getName(), waitFor)
              .thenApply(status -> ImageMessages.of(request.getName(), status));
        });
  }

  private CompletableFuture<ImageStatus> statusOf(String name, Duration waitFor) {
    return switch (names.find(name)) {
      case ImageStore.Lookup.Held(Image image) -> ended(image, waitFor);
      case ImageStore.Lookup.Ended(Tombstone tombstone) -> {
        if (tombstone.last().state() != ImageState.FAILED) {
          throw new ServiceException(tombstone.refusal());
        }
        yield CompletableFuture.completedFuture(tombstone.last());
      }
      case ImageStore.Lookup.Unknown() -> throw ImageNames.notFound();
    };
  }

  /** The image's status, as soon as its function has ended or {@code waitFor} is over. */
  private CompletableFuture<ImageStatus> ended(Image image, Duration waitFor) {
    if (waitFor.isZero()) {
      return CompletableFuture.completedFuture(image.status());
    }
    return ImageWait.until(image, () -> !image.isGenerating(), waitFor, clock)
        .thenApply(_ -> image.status());
  }

  /** Of a create that waited, a failure is the answer. */
  private static ImageStatus orFailure(ImageStatus status) {
    if (status.failure() != null) {
      throw new ServiceException(status.failure());
    }
    return status;
  }

  @Override
  public void watchImage(WatchImageRequest request, StreamObserver<WatchImageResponse> answer) {
    try {
      ServerCallStreamObserver<WatchImageResponse> observer =
          (ServerCallStreamObserver<WatchImageResponse>) answer;
      switch (names.find(request.getName())) {
        case ImageStore.Lookup.Held(Image image) ->
            new ImageWatch(request.getName(), image, observer, clock, heartbeat).start();
        case ImageStore.Lookup.Ended(Tombstone tombstone) -> {
          if (tombstone.last().state() != ImageState.FAILED) {
            throw new ServiceException(tombstone.refusal());
          }
          observer.onNext(
              WatchImageResponse.newBuilder()
                  .setImage(ImageMessages.of(request.getName(), tombstone.last()))
                  .build());
          observer.onCompleted();
        }
        case ImageStore.Lookup.Unknown() -> throw ImageNames.notFound();
      }
    } catch (RuntimeException e) {
      refuse(answer, e);
    }
  }

  @Override
  public void deleteImage(DeleteImageRequest request, StreamObserver<DeleteImageResponse> answer) {
    answer(
        answer,
        () -> delete(request.getName()).thenApply(_ -> DeleteImageResponse.getDefaultInstance()));
  }

  private CompletableFuture<Void> delete(String name) {
    switch (names.find(name)) {
      case ImageStore.Lookup.Held(Image image) -> {
        if (!image.tryDelete()) {
          return ImageWait.untilNotMoving(image, clock).thenCompose(_ -> delete(name));
        }
      }
      case ImageStore.Lookup.Ended(Tombstone tombstone) -> {
        if (tombstone.isMoved()) {
          throw new ServiceException(tombstone.refusal());
        }
      }
      case ImageStore.Lookup.Unknown() -> throw ImageNames.notFound();
    }
    return CompletableFuture.completedFuture(null);
  }

  /** Answers with what {@code call} gives, or refuses as it does. */
  public static <T> void answer(StreamObserver<T> answer, Supplier<CompletableFuture<T>> call) {
    CompletableFuture<T> result;
    try {
      result = call.get();
    } catch (RuntimeException e) {
      refuse(answer, e);
      return;
    }
    result.whenComplete((value, failure) -> {
      if (failure != null) {
        refuse(answer, failure);
      } else {
        answer.onNext(value);
        answer.onCompleted();
      }
    });
  }

  private static void refuse(StreamObserver<?> answer, Throwable failure) {
    StatusRuntimeException status = StatusMapper.toStatus(failure);
    if (status.getCause() != null) {
      log.error("a call failed", status.getCause());
    }
    answer.onError(status);
  }
}
