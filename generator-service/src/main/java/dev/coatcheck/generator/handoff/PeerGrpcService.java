package dev.coatcheck.generator.handoff;

import dev.coatcheck.generator.image.Clocks;
import dev.coatcheck.generator.image.Image;
import dev.coatcheck.generator.image.ImageId;
import dev.coatcheck.generator.image.ImageStore;
import dev.coatcheck.generator.image.Tombstone;
import dev.coatcheck.generator.rpc.ImageGrpcService;
import dev.coatcheck.v1.AbortTransferRequest;
import dev.coatcheck.v1.AbortTransferResponse;
import dev.coatcheck.v1.LocateImageRequest;
import dev.coatcheck.v1.LocateImageResponse;
import dev.coatcheck.v1.OfferImageRequest;
import dev.coatcheck.v1.OfferImageResponse;
import dev.coatcheck.v1.PeerServiceGrpc;
import dev.coatcheck.v1.StoreTombstonesRequest;
import dev.coatcheck.v1.StoreTombstonesResponse;
import dev.coatcheck.v1.TransferImageRequest;
import dev.coatcheck.v1.TransferImageResponse;
import dev.coatcheck.v1.TransferredTombstone;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * {@code PeerService}: takes other generators' images, and tells what is here.
 *
 * <p><b>Threading:</b> the transport's event loop; nothing blocks.
 */
public final class PeerGrpcService extends PeerServiceGrpc.PeerServiceImplBase {

  private final long incarnation;
  private final String address;
  private final ImageStore store;
  private final IncomingHandoffs transfers;
  private final Clocks time;

  /**
   * Serves one run of one generator.
   *
   * @param address where gateways reach it, {@code host:port}
   */
  public PeerGrpcService(
      long incarnation, String address, ImageStore store, IncomingHandoffs transfers, Clocks time) {
    this.incarnation = incarnation;
    this.address = address;
    this.store = store;
    this.transfers = transfers;
    this.time = time;
  }

  @Override
  public void offerImage(OfferImageRequest request, StreamObserver<OfferImageResponse> answer) {
    answer(
        answer,
        () -> {
          transfers.offer(
              HandoffId.of(request.getTransfer()),
              HandoffMessages.id(request.getImageId()),
              request.getSizeBytes());
          return OfferImageResponse.newBuilder()
              .setIncarnation(incarnation)
              .setAddress(address)
              .build();
        });
  }

  @Override
  public StreamObserver<TransferImageRequest> transferImage(
      StreamObserver<TransferImageResponse> answer) {
    HandoffStream stream =
        new HandoffStream(
            transfers, time, incarnation, (ServerCallStreamObserver<TransferImageResponse>) answer);
    stream.open();
    return stream;
  }

  @Override
  public void abortTransfer(
      AbortTransferRequest request, StreamObserver<AbortTransferResponse> answer) {
    answer(
        answer,
        () ->
            AbortTransferResponse.newBuilder()
                .setIncarnation(incarnation)
                .setOutcome(
                    switch (transfers.abort(
                        HandoffId.of(request.getTransfer()), request.getIncarnation())) {
                      case ABORTED -> AbortTransferResponse.Outcome.ABORTED;
                      case KEPT -> AbortTransferResponse.Outcome.KEPT;
                    })
                .build());
  }

  @Override
  public void locateImage(LocateImageRequest request, StreamObserver<LocateImageResponse> answer) {
    answer(answer, () -> locate(HandoffMessages.id(request.getImageId())));
  }

  private LocateImageResponse locate(ImageId id) {
    LocateImageResponse.Builder here = LocateImageResponse.newBuilder().setIncarnation(incarnation);
    boolean arriving = transfers.isArriving(id); // first: what has come by then is held
    return switch (store.find(id)) {
      case ImageStore.Lookup.Held(Image _) -> here.setState(LocateImageResponse.State.HELD).build();
      case ImageStore.Lookup.Ended(Tombstone tombstone) when tombstone.isMoved() ->
          here.setState(LocateImageResponse.State.MOVED).setPeer(tombstone.peer()).build();
      case ImageStore.Lookup.Ended(Tombstone _) ->
          here.setState(LocateImageResponse.State.ENDED).build();
      case ImageStore.Lookup.Unknown() ->
          here.setState(
                  arriving
                      ? LocateImageResponse.State.ARRIVING
                      : LocateImageResponse.State.NOT_HERE)
              .build();
    };
  }

  @Override
  public void storeTombstones(
      StoreTombstonesRequest request, StreamObserver<StoreTombstonesResponse> answer) {
    answer(
        answer,
        () -> {
          if (request.getTombstonesCount() > TombstoneBatches.MAX_TOMBSTONES) {
            throw HandoffMessages.invalid(
                "tombstones",
                Integer.toString(request.getTombstonesCount()),
                "<= " + TombstoneBatches.MAX_TOMBSTONES);
          }
          Map<ImageId, Tombstone> ended = new LinkedHashMap<>();
          for (TransferredTombstone message : request.getTombstonesList()) {
            ended.put(
                HandoffMessages.id(message.getImageId()),
                TombstoneMessages.tombstone(message, time));
          }
          ended.forEach(store::remember);
          return StoreTombstonesResponse.getDefaultInstance();
        });
  }

  private static <T> void answer(StreamObserver<T> answer, Supplier<T> call) {
    ImageGrpcService.answer(answer, () -> CompletableFuture.completedFuture(call.get()));
  }
}
