package dev.coatcheck.gateway.rpc;

import dev.coatcheck.gateway.routing.FailureStatus;
import dev.coatcheck.gateway.routing.FleetListing;
import dev.coatcheck.v1.AdminServiceGrpc;
import dev.coatcheck.v1.ListImagesRequest;
import dev.coatcheck.v1.ListImagesResponse;
import io.grpc.stub.StreamObserver;

/** {@code AdminService} for the whole fleet: lists, and drains nobody. */
final class AdminGrpcService extends AdminServiceGrpc.AdminServiceImplBase {

  private final FleetListing listing;

  AdminGrpcService(FleetListing listing) {
    this.listing = listing;
  }

  @Override
  public void listImages(ListImagesRequest request, StreamObserver<ListImagesResponse> answer) {
    listing
        .list(request)
        .whenComplete((page, thrown) -> {
          if (thrown != null) {
            answer.onError(FailureStatus.toStatus(FailureStatus.toFailure(thrown)));
          } else {
            answer.onNext(page);
            answer.onCompleted();
          }
        });
  }
}
