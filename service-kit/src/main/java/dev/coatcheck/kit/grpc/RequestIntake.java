package dev.coatcheck.kit.grpc;

import dev.coatcheck.kit.limits.BufferBudget;
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

  private final CallLimits limits;

  // state, under this
  private Phase phase = Phase.NEW;
  private boolean oneMessage;
  private boolean mayPause;
  private long deadlineNanos;
  private BufferBudget.@Nullable Lease lease;
  private @Nullable Consumer<StatusRuntimeException> refuse;

  RequestIntake(CallLimits limits) {
    this.limits = limits;
  }

  /**
   * The call has begun and counts.
   *
   * @param oneMessage whether its message is kept until the client has sent all
   * @param mayPause whether only the first message of it has a deadline
   * @param refuse closes the call
   */
  void begin(
      BufferBudget.Lease ofCall,
      boolean oneMessage,
      boolean mayPause,
      Consumer<StatusRuntimeException> refuse) {
    synchronized (this) {
      if (phase == Phase.NEW) {
        phase = Phase.WAITING;
        this.oneMessage = oneMessage;
        this.mayPause = mayPause;
        this.lease = ofCall;
        this.refuse = refuse;
        this.deadlineNanos = limits.deadlineNanos();
        limits.await(this);
        return;
      }
    }
    limits.ended(); // the stream has ended before
  }

  /** Bytes of a message have come. */
  void received(long bytes) {
    Consumer<StatusRuntimeException> refusing;
    synchronized (this) {
      if (phase != Phase.WAITING || lease == null || lease.tryGrow(bytes)) {
        return;
      }
      refusing = refused();
    }
    refusing.accept(CallLimits.exhausted("too many messages are being received"));
  }

  /** A message is whole. */
  synchronized void messageRead() {
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
