package dev.coatcheck.kit.grpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.ServerCall;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Hands the message of a call on when its client has sent all: until then the call may be refused,
 * and its handler must not have begun to answer.
 *
 * <p><b>Threading:</b> the call's.
 */
final class OneMessageListener<Q> extends SimpleForwardingServerCallListener<Q> {

  private final RequestIntake intake;

  // state
  private final Queue<Q> messages = new ArrayDeque<>(1);

  OneMessageListener(ServerCall.Listener<Q> handler, RequestIntake intake) {
    super(handler);
    this.intake = intake;
  }

  @Override
  public void onMessage(Q message) {
    messages.add(message); // a second one is the handler's to refuse
  }

  @Override
  public void onHalfClose() {
    if (!intake.complete()) {
      return;
    }
    for (Q message = messages.poll(); message != null; message = messages.poll()) {
      super.onMessage(message);
    }
    super.onHalfClose();
  }
}
