package dev.coatcheck.kit.grpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.ServerCall;

/**
 * Hands the messages of a stream on, as long as the call was not refused.
 *
 * <p><b>Threading:</b> the call's.
 */
final class StreamListener<Q> extends SimpleForwardingServerCallListener<Q> {

  private final RequestIntake intake;

  StreamListener(ServerCall.Listener<Q> handler, RequestIntake intake) {
    super(handler);
    this.intake = intake;
  }

  @Override
  public void onMessage(Q message) {
    if (intake.next()) {
      super.onMessage(message);
    }
  }

  @Override
  public void onHalfClose() {
    if (intake.complete()) {
      super.onHalfClose();
    }
  }
}
