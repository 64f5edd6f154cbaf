package dev.coatcheck.kit.grpc;

import dev.coatcheck.contract.MessageLimits;
import dev.coatcheck.contract.StatusDetails;
import dev.coatcheck.kit.limits.BufferBudget;
import dev.coatcheck.kit.limits.Refusal;
import dev.coatcheck.kit.limits.RefusalCounters;
import dev.coatcheck.kit.sweep.Sweep;
import dev.coatcheck.v1.ErrorReason;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Limits the calls of one port: how many run at once, how much of their messages is buffered while
 * they are not complete, and for how long. A call that is refused is closed before its handler is
 * called.
 *
 * <p><b>Threading:</b> calls begin and bytes arrive on event loops; what is overdue is looked for
 * on the scheduler.
 */
final class CallLimits implements ServerInterceptor {

  private static final Duration SWEEP_INTERVAL = Duration.ofMillis(500);
  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

  /** Of the call that is being served. */
  static final Context.Key<RequestIntake> INTAKE = Context.key("request-intake");

  private final GrpcPortLimits limits;
  private final BufferBudget buffers;
  private final RefusalCounters refusals;

  // state, any thread
  private final AtomicInteger running = new AtomicInteger();
  private final Set<RequestIntake> waiting = ConcurrentHashMap.newKeySet();

  private CallLimits(GrpcPortLimits limits, BufferBudget buffers, RefusalCounters refusals) {
    this.limits = limits;
    this.buffers = buffers;
    this.refusals = refusals;
  }

  static CallLimits start(
      GrpcPortLimits limits,
      BufferBudget buffers,
      RefusalCounters refusals,
      ScheduledExecutorService scheduler) {
    var calls = new CallLimits(limits, buffers, refusals);
    var _ =
        scheduler.scheduleWithFixedDelay(
            () -> Sweep.each(calls.waiting, intake -> intake.expireIfOverdue(System.nanoTime())),
            SWEEP_INTERVAL.toMillis(),
            SWEEP_INTERVAL.toMillis(),
            TimeUnit.MILLISECONDS);
    return calls;
  }

  /** Whose streams this one sees the calls of. */
  ServerStreamTracer.Factory tracers() {
    return new ServerStreamTracer.Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return new Tracer(new RequestIntake(CallLimits.this));
      }
    };
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    @Nullable RequestIntake intake = INTAKE.get();
    if (intake == null) {
      return next.startCall(call, headers); // a transport within the process
    }
    if (running.incrementAndGet() > limits.maxCalls()) {
      running.decrementAndGet();
      refusals.count(Refusal.CALL_LIMIT);
      close(call, exhausted("as many calls are running as may run"));
      return new ServerCall.Listener<>() {};
    }
    boolean oneMessage = call.getMethodDescriptor().getType().clientSendsOneMessage();
    intake.begin(
        buffers.lease(clientOf(call)),
        oneMessage,
        !oneMessage && limits.streamsMayPause(),
        call.getMethodDescriptor(),
        failure -> close(call, failure));
    ServerCall.Listener<Q> listener = next.startCall(call, headers);
    return oneMessage
        ? new OneMessageListener<>(listener, intake)
        : new StreamListener<>(listener, intake);
  }

  void await(RequestIntake intake) {
    waiting.add(intake);
  }

  void forget(RequestIntake intake) {
    waiting.remove(intake);
  }

  long deadlineNanos() {
    return System.nanoTime() + limits.messageTimeout().toNanos();
  }

  void ended() {
    running.decrementAndGet();
  }

  StatusRuntimeException overdue() {
    refusals.count(Refusal.BODY_TIMEOUT);
    return StatusDetails.of(
        Status.Code.DEADLINE_EXCEEDED,
        ErrorReason.INVALID_REQUEST,
        "the request was not complete in time (expected: within "
            + limits.messageTimeout().toMillis()
            + " ms)",
        Map.of(),
        Optional.empty());
  }

  /** For the transport, which cannot send details. */
  static StatusRuntimeException messageTooLarge() {
    return Status.RESOURCE_EXHAUSTED
        .withDescription(
            "the message is too large (expected: at most "
                + MessageLimits.MAX_INBOUND_BYTES
                + " bytes)")
        .asRuntimeException();
  }

  static StatusRuntimeException exhausted(String message) {
    return StatusDetails.of(
        Status.Code.UNAVAILABLE,
        ErrorReason.MEMORY_BUDGET_EXHAUSTED,
        message,
        Map.of(),
        Optional.of(RETRY_DELAY));
  }

  private static void close(ServerCall<?, ?> call, StatusRuntimeException failure) {
    Metadata trailers = failure.getTrailers();
    call.close(failure.getStatus(), trailers == null ? new Metadata() : trailers);
  }

  private static InetAddress clientOf(ServerCall<?, ?> call) {
    return call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)
            instanceof InetSocketAddress client
        ? client.getAddress()
        : InetAddress.getLoopbackAddress();
  }

  /** Sees the bytes of one stream as they are read, before they are a message. */
  private static final class Tracer extends ServerStreamTracer {

    private final RequestIntake intake;

    Tracer(RequestIntake intake) {
      this.intake = intake;
    }

    @Override
    public Context filterContext(Context context) {
      return context.withValue(INTAKE, intake);
    }

    @Override
    public void inboundWireSize(long bytes) {
      intake.received(bytes);
    }

    @Override
    public void inboundMessageRead(int sequence, long wireBytes, long uncompressedBytes) {
      intake.messageRead();
    }

    @Override
    public void streamClosed(Status status) {
      intake.closed();
    }
  }
}
