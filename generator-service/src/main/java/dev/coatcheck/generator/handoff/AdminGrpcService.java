package dev.coatcheck.generator.handoff;

import dev.coatcheck.generator.rpc.ImageGrpcService;
import dev.coatcheck.generator.rpc.ImageListing;
import dev.coatcheck.generator.rpc.ProtoTimes;
import dev.coatcheck.v1.AdminServiceGrpc;
import dev.coatcheck.v1.DrainGeneratorRequest;
import dev.coatcheck.v1.DrainGeneratorResponse;
import dev.coatcheck.v1.ListImagesRequest;
import dev.coatcheck.v1.ListImagesResponse;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** {@code AdminService}, for the operators of this generator. */
public final class AdminGrpcService extends AdminServiceGrpc.AdminServiceImplBase {

  private static final Duration MAX_GRACE = Duration.ofHours(1);

  private final ImageListing listing;
  private final DrainCoordinator coordinator;
  private final Duration grace;

  /**
   * Serves one generator.
   *
   * @param grace how long a drain may take that does not say
   */
  public AdminGrpcService(ImageListing listing, DrainCoordinator coordinator, Duration grace) {
    this.listing = listing;
    this.coordinator = coordinator;
    this.grace = grace;
  }

  @Override
  public void listImages(ListImagesRequest request, StreamObserver<ListImagesResponse> answer) {
    ImageGrpcService.answer(answer, () -> CompletableFuture.completedFuture(listing.list(request)));
  }

  @Override
  public void drainGenerator(
      DrainGeneratorRequest request, StreamObserver<DrainGeneratorResponse> answer) {
    ImageGrpcService.answer(
        answer,
        () ->
            coordinator
                .drain(request.hasGrace() ? checked(request) : grace)
                .thenApply(report ->
                    DrainGeneratorResponse.newBuilder()
                        .setMovedImages(report.movedImages())
                        .setMovedBytes(report.movedBytes())
                        .setLeftImages(report.leftImages())
                        .build()));
  }

  private static Duration checked(DrainGeneratorRequest request) {
    return ProtoTimes.requested("grace", request.getGrace(), Duration.ZERO, MAX_GRACE);
  }
}
