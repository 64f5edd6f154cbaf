package dev.coatcheck.kit.grpc;

import dev.coatcheck.contract.MessageLimits;
import dev.coatcheck.kit.limits.BufferBudget;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one call takes in: the bytes of the message that is not complete yet, and the time until it
 * has to be.
 *
 * <p><b>Threading:</b> any thread. Whether the request was complete in time is decided once, under
 * this.
 *
 * <p><b>Lifecycle:</b> from {@link #begin} to {@link #closed}, which gives back what it holds.
 */
final class RequestIntake {

  private enum Phase {
    /** The stream has begun, the call has not. Goes on to WAITING or CLOSED. */
    NEW,
    /** The request, or its next message, is awaited. Goes on to any of those below. */
    WAITING,
    /** Nothing is awaited any more. Goes on to CLOSED. */
    COMPLETE,
    /** The call was refused. Goes on to CLOSED. */
    REFUSED,
    /** The stream has ended. */
    CLOSED
  }

  /** How much is taken of what comes while the stream's end is on its way. */
  private static final int OVERRUN = 2;

  private final CallLimits limits;

  // state, under this
  private Phase phase = Phase.NEW;
  private boolean oneMessage;
  private boolean mayPause;
  private long deadlineNanos;
  private BufferBudget.@Nullable Lease lease;
  private long messageBytes;
  private @Nullable MethodDescriptor<?, ?> method;
  private @Nullable Consumer<StatusRuntimeException> refuse;

  RequestIntake(CallLimits limits) {
    this.limits = limits;
  }

  /**
   * The call has begun and counts.
   *
   * @param oneMessage whether its message is kept until the client has sent all
   * @param mayPause whether only the first message of it has a deadline
   * @param ofMethod whose message is taken in
   * @param refuse closes the call
   */
  void begin(
      BufferBudget.Lease ofCall,
      boolean oneMessage,
      boolean mayPause,
      MethodDescriptor<?, ?> ofMethod,
      Consumer<StatusRuntimeException> refuse) {
    synchronized (this) {
      if (phase == Phase.NEW) {
        phase = Phase.WAITING;
        this.oneMessage = oneMessage;
        this.mayPause = mayPause;
        this.lease = ofCall;
        this.method = ofMethod;
        this.refuse = refuse;
        this.deadlineNanos = limits.deadlineNanos();
        limits.await(this);
        return;
      }
    }
    limits.ended(); // the stream has ended before
  }

  /**
   * Bytes of a message have come. The call is closed where they are too many. A call that may have
   * begun to answer cannot be closed from here, and one that is closed may still be sent more; the
   * transport resets their streams.
   *
   * @throws StatusRuntimeException for the transport
   */
  void received(long bytes) {
    Consumer<StatusRuntimeException> refusing;
    StatusRuntimeException failure;
    synchronized (this) {
      messageBytes += bytes;
      boolean tooLarge = messageBytes > MessageLimits.MAX_INBOUND_BYTES;
      if (tooLarge
          && (!oneMessage || messageBytes > OVERRUN * (long) MessageLimits.MAX_INBOUND_BYTES)) {
        throw CallLimits.messageTooLarge();
      }
      if (phase != Phase.WAITING || (!tooLarge && (lease == null || lease.tryGrow(bytes)))) {
        return;
      }
      failure =
          tooLarge && method != null
              ? RequestRefusals.tooLarge(method)
              : CallLimits.exhausted("too many messages are being received");
      refusing = refused();
    }
    refusing.accept(failure);
  }

  /**
   * Refuses a call whose one message cannot be handed on; false if the call may have begun to
   * answer.
   */
  boolean tryRefuse(StatusRuntimeException failure) {
    Consumer<StatusRuntimeException> refusing;
    synchronized (this) {
      if (!oneMessage || phase != Phase.WAITING) {
        return phase == Phase.REFUSED;
      }
      refusing = refused();
    }
    refusing.accept(failure);
    return true;
  }

  /** A message is whole. */
  synchronized void messageRead() {
    messageBytes = 0;
    if (lease != null && !oneMessage) {
      lease.release();
    }
  }

  /** The request is whole; false if the call was refused before. */
  synchronized boolean complete() {
    if (phase == Phase.WAITING) {
      phase = Phase.COMPLETE;
      limits.forget(this);
      if (lease != null) {
        lease.release();
      }
    }
    return phase != Phase.REFUSED;
  }

  /** One message of a stream is there; false if the call was refused before. */
  synchronized boolean next() {
    if (mayPause) {
      return complete();
    }
    deadlineNanos = limits.deadlineNanos();
    return phase != Phase.REFUSED;
  }

  void expireIfOverdue(long nowNanos) {
    Consumer<StatusRuntimeException> refusing;
    synchronized (this) {
      if (phase != Phase.WAITING || nowNanos - deadlineNanos < 0) {
        return;
      }
      refusing = refused();
    }
    refusing.accept(limits.overdue());
  }

  /** Under this. */
  private Consumer<StatusRuntimeException> refused() {
    phase = Phase.REFUSED;
    limits.forget(this);
    return refuse == null ? _ -> {} : refuse;
  }

  /** The stream has ended. */
  void closed() {
    boolean began;
    synchronized (this) {
      began = phase != Phase.NEW && phase != Phase.CLOSED;
      phase = Phase.CLOSED;
      if (lease != null) {
        lease.close();
      }
      limits.forget(this);
    }
    if (began) {
      limits.ended();
    }
  }
}
