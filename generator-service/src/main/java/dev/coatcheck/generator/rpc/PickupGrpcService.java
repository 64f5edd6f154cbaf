package dev.coatcheck.generator.rpc;

import dev.coatcheck.generator.image.Image;
import dev.coatcheck.generator.image.ImageStore;
import dev.coatcheck.generator.image.ImageWait;
import dev.coatcheck.generator.image.RangeSet;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.image.ServiceException;
import dev.coatcheck.generator.image.StreamEnd;
import dev.coatcheck.generator.image.Tombstone;
import dev.coatcheck.v1.ByteRange;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.PickupServiceGrpc;
import dev.coatcheck.v1.ReportProgressRequest;
import dev.coatcheck.v1.ReportProgressResponse;
import dev.coatcheck.v1.SettlePickupRequest;
import dev.coatcheck.v1.SettlePickupResponse;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;

/** {@code PickupService}: takes the gateways' word on how far responses got. */
public final class PickupGrpcService extends PickupServiceGrpc.PickupServiceImplBase {

  private static final int MAX_RANGES = 1024;

  private final ImageNames names;
  private final ScheduledExecutorService clock;

  public PickupGrpcService(ImageNames names, ScheduledExecutorService clock) {
    this.names = names;
    this.clock = clock;
  }

  @Override
  public void settlePickup(
      SettlePickupRequest request, StreamObserver<SettlePickupResponse> answer) {
    ImageGrpcService.answer(
        answer,
        () ->
            settle(request)
                .thenApply(delivered ->
                    SettlePickupResponse.newBuilder().setDelivered(delivered).build()));
  }

  @Override
  public void reportProgress(
      ReportProgressRequest request, StreamObserver<ReportProgressResponse> answer) {
    ImageGrpcService.answer(
        answer,
        () -> {
          if (names.find(request.getName()) instanceof ImageStore.Lookup.Held(Image image)) {
            image.progressed(request.getEpoch(), request.getStream());
          }
          return CompletableFuture.completedFuture(ReportProgressResponse.getDefaultInstance());
        });
  }

  private CompletableFuture<Boolean> settle(SettlePickupRequest request) {
    boolean broken =
        switch (request.getOutcome()) {
          case COMPLETE, UNKNOWN -> false;
          case BROKEN -> true;
          case OUTCOME_UNSPECIFIED, UNRECOGNIZED ->
              throw CreateOptions.invalid(
                  "outcome",
                  Integer.toString(request.getOutcomeValue()),
                  "COMPLETE, BROKEN or UNKNOWN");
        };
    RangeSet received = received(request);
    RangeSet inDoubt =
        request.hasInDoubt() ? received.plus(range("in_doubt", request.getInDoubt())) : received;
    return settle(
        request.getName(),
        new StreamEnd(request.getEpoch(), request.getStream(), received, inDoubt, broken));
  }

  private CompletableFuture<Boolean> settle(String name, StreamEnd end) {
    return switch (names.find(name)) {
      case ImageStore.Lookup.Held(Image image) -> settle(name, image, end);
      case ImageStore.Lookup.Ended(Tombstone tombstone)
          when tombstone.reason() == ErrorReason.IMAGE_DELIVERED ->
          CompletableFuture.completedFuture(true);
      case ImageStore.Lookup.Ended(Tombstone tombstone) ->
          throw new ServiceException(tombstone.refusal());
      case ImageStore.Lookup.Unknown() -> throw ImageNames.notFound();
    };
  }

  private CompletableFuture<Boolean> settle(String name, Image image, StreamEnd end) {
    return switch (image.settle(end)) {
      case DELIVERED -> CompletableFuture.completedFuture(true);
      case TAKEN -> CompletableFuture.completedFuture(false);
      case MOVING -> ImageWait.untilNotMoving(image, clock).thenCompose(_ -> settle(name, end));
      case STALE ->
          throw new ServiceException(
              Refusal.of(
                  ErrorReason.IMAGE_CLAIMED,
                  "epoch " + end.epoch() + " is over: another claimant has come since."));
      case NEVER_HANDED_OUT ->
          throw CreateOptions.invalid(
              "ranges", "more than the stream was given", "what was handed out to it");
    };
  }

  private static RangeSet received(SettlePickupRequest request) {
    if (request.getRangesCount() > MAX_RANGES) {
      throw CreateOptions.invalid(
          "ranges", Integer.toString(request.getRangesCount()), "<= " + MAX_RANGES);
    }
    RangeSet received = RangeSet.NONE;
    for (ByteRange range : request.getRangesList()) {
      received = received.plus(range("ranges", range));
    }
    return received;
  }

  private static RangeSet range(String field, ByteRange range) {
    if (range.getStart() < 0 || range.getEnd() <= range.getStart()) {
      throw CreateOptions.invalid(
          field, range.getStart() + " to " + range.getEnd(), "0 <= start < end");
    }
    return RangeSet.of(range.getStart(), range.getEnd());
  }
}
