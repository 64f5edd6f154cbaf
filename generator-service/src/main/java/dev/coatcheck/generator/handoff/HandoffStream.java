package dev.coatcheck.generator.handoff;

import dev.coatcheck.generator.image.Clocks;
import dev.coatcheck.generator.rpc.StatusMapper;
import dev.coatcheck.v1.TransferImageRequest;
import dev.coatcheck.v1.TransferImageResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One {@code TransferImage} call. A copy that breaks off, or is not what was said, ends the
 * transfer.
 *
 * <p><b>Threading:</b> the call's own, one at a time.
 */
final class HandoffStream implements StreamObserver<TransferImageRequest> {

  private static final Logger log = LoggerFactory.getLogger(HandoffStream.class);

  private final IncomingHandoffs transfers;
  private final Clocks time;
  private final ServerCallStreamObserver<TransferImageResponse> answer;
  private final long incarnation;

  // state: the call's thread
  private @Nullable IncomingHandoff arrival;
  private boolean over;

  HandoffStream(
      IncomingHandoffs transfers,
      Clocks time,
      long incarnation,
      ServerCallStreamObserver<TransferImageResponse> answer) {
    this.transfers = transfers;
    this.time = time;
    this.incarnation = incarnation;
    this.answer = answer;
  }

  void open() {
    answer.setOnCancelHandler(() -> end("its stream broke"));
  }

  @Override
  public void onNext(TransferImageRequest message) {
    if (over) {
      return;
    }
    try {
      take(message);
    } catch (RuntimeException e) {
      refuse(e);
    }
  }

  private void take(TransferImageRequest message) {
    IncomingHandoff current = arrival;
    if (current == null) {
      var begun =
          transfers.begin(
              HandoffId.of(message.getTransfer()), message.getIncarnation(), message.getImage());
      if (begun.isEmpty()) {
        answerStored();
        return;
      }
      current = begun.get();
      arrival = current;
    }
    if (!message.getData().isEmpty()) {
      current.append(message.getOffset(), message.getData(), message.getCrc32C(), time.now());
    }
  }

  @Override
  public void onCompleted() {
    if (over) {
      return;
    }
    try {
      IncomingHandoff current = arrival;
      if (current == null) {
        throw HandoffMessages.invalid("transfer", "none", "one in the first message");
      }
      transfers.store(current);
      answerStored();
    } catch (RuntimeException e) {
      refuse(e);
    }
  }

  private void answerStored() {
    over = true;
    answer.onNext(TransferImageResponse.newBuilder().setIncarnation(incarnation).build());
    answer.onCompleted();
  }

  @Override
  public void onError(Throwable cancelled) {
    end("its stream broke");
  }

  private void refuse(RuntimeException failure) {
    StatusRuntimeException status = StatusMapper.toStatus(failure);
    end(String.valueOf(status.getStatus().getDescription()));
    if (status.getCause() != null) {
      log.error("an image could not be taken", status.getCause());
    }
    answer.onError(status);
  }

  private void end(String why) {
    over = true;
    if (arrival != null) {
      transfers.abort(arrival, why); // changes nothing when it was stored
    }
  }
}
