package dev.coatcheck.gateway.relay;

import dev.coatcheck.gateway.routing.FailureStatus;
import dev.coatcheck.gateway.routing.GeneratorClient;
import dev.coatcheck.gateway.routing.GeneratorFailure;
import dev.coatcheck.gateway.routing.Route;
import dev.coatcheck.v1.ImageChunk;
import dev.coatcheck.v1.ReportProgressRequest;
import dev.coatcheck.v1.SettlePickupRequest;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One download: asks a generator for as many chunks as its sink can take, checks that they are
 * whole and in order, hands them on, and settles with the generator what became of them.
 *
 * <p><b>Threading:</b> the generator's messages arrive on the event loop of its channel and are
 * handed on right there; the sink answers from any thread. The state is under this object's lock,
 * which is never held while the sink or gRPC is called.
 *
 * <p><b>Ownership:</b> owns a chunk from its arrival until the sink is given it.
 *
 * <p><b>Lifecycle:</b> {@link #start}, until the sink has answered {@code received} or {@code
 * broken}, or was told {@code fail}.
 *
 * @param <Q> the request
 */
final class ChunkRelay<Q> implements RelaySource {

  private static final Logger log = LoggerFactory.getLogger(ChunkRelay.class);

  /**
   * How many chunks the sink may hold. The next one waits in gRPC meanwhile, within the call's
   * window, so one is enough; a second one holds more memory, and is colder when it is written.
   */
  static final int CREDIT = 1;

  private enum Phase {
    /** Nothing was handed on but perhaps the head. Goes on to any other. */
    BEFORE_DATA,
    /** Bytes flow. Goes on to WHOLE, BROKEN or SETTLED. */
    DATA,
    /** The sink has everything; whether its reader has is found out. Goes on to SETTLED. */
    WHOLE,
    /** The sink was told to abort. Goes on to SETTLED. */
    BROKEN,
    /** Nothing more is done. */
    SETTLED
  }

  private final MethodDescriptor<Q, RelayedChunk> method;
  private final Q request;
  private final Route route;
  private final RelaySink sink;
  private final DownloadService relays;
  private final SlowReaderDetector pace = new SlowReaderDetector();

  // state, under this
  private Phase phase = Phase.BEFORE_DATA;
  private @Nullable Attempt attempt;
  private final DownloadSequence order = new DownloadSequence();

  ChunkRelay(
      MethodDescriptor<Q, RelayedChunk> method,
      Q request,
      Route route,
      RelaySink sink,
      DownloadService relays) {
    this.method = method;
    this.request = request;
    this.route = route;
    this.sink = sink;
    this.relays = relays;
  }

  void start() {
    sink.start(this);
    if (relays.tryRun(this)) {
      tryNext(null);
    } else {
      end(GeneratorFailure.unavailable("this gateway has as many readers as its memory allows"));
    }
  }

  @Override
  public void progressed() {
    pace.wrote();
  }

  /** Says so to the generator if the reader is slow. */
  void reportIfSlow() {
    Optional<ReportProgressRequest> report;
    Attempt current;
    synchronized (this) {
      report = phase == Phase.DATA ? order.progress() : Optional.empty();
      current = attempt;
    }
    if (pace.isSlow() && report.isPresent() && current != null) {
      var _ = current.client.reportProgress(report.get());
    }
  }

  @Override
  public void demand() {
    pace.demanded();
    Attempt current;
    synchronized (this) {
      current = attempt;
    }
    if (current != null) {
      current.call.request(1);
    }
  }

  @Override
  public void written() {
    synchronized (this) {
      if (phase != Phase.WHOLE) {
        throw new IllegalStateException("written in phase " + phase);
      }
    }
    relays.over(this);
  }

  @Override
  public void received() {
    synchronized (this) {
      if (phase != Phase.WHOLE) {
        throw new IllegalStateException("received in phase " + phase);
      }
      phase = Phase.SETTLED;
    }
    settle(SettlePickupRequest.Outcome.COMPLETE, 0);
  }

  @Override
  public void broken(long inDoubtBytes) {
    Attempt current;
    boolean whole;
    synchronized (this) {
      if (phase == Phase.SETTLED) {
        return;
      }
      whole = phase == Phase.WHOLE;
      phase = Phase.SETTLED;
      current = attempt;
    }
    if (current != null) {
      current.call.cancel("the reader is gone", null);
    }
    if (relays.isEnding()) {
      settle(SettlePickupRequest.Outcome.UNKNOWN, inDoubtBytes);
    } else {
      if (whole) {
        relays.countUnconfirmed();
      }
      // Of the whole the reader lacks the last byte at least.
      settle(SettlePickupRequest.Outcome.BROKEN, whole ? inDoubtBytes - 1 : inDoubtBytes);
    }
  }

  private void tryNext(@Nullable GeneratorFailure failure) {
    route
        .next(failure)
        .whenComplete((client, thrown) -> {
          if (thrown != null) {
            end(FailureStatus.toFailure(thrown));
          } else if (mayTryNext()) {
            tryAt(client);
          }
        });
  }

  private void tryAt(GeneratorClient client) {
    var next = new Attempt(client, client.newCall(method));
    next.call.start(next, new Metadata());
    boolean wanted;
    synchronized (this) {
      attempt = next; // not before it is started, since it could not be cancelled
      wanted = phase == Phase.BEFORE_DATA;
    }
    if (!wanted) {
      next.call.cancel("the reader is gone", null);
      return;
    }
    next.call.sendMessage(request);
    next.call.halfClose();
    next.call.request(1 + CREDIT); // the head is not held by the sink
  }

  private void settle(SettlePickupRequest.Outcome outcome, long inDoubtBytes) {
    relays.over(this);
    Optional<SettlePickupRequest> word;
    Attempt current;
    synchronized (this) {
      word = order.settlement(outcome, inDoubtBytes);
      current = attempt;
    }
    if (word.isPresent() && current != null) {
      relays.settle(word.get());
    }
  }

  /** The call to one candidate, and what arrives on it. */
  private final class Attempt extends ClientCall.Listener<RelayedChunk> {

    private final GeneratorClient client;
    private final ClientCall<Q, RelayedChunk> call;

    Attempt(GeneratorClient client, ClientCall<Q, RelayedChunk> call) {
      this.client = client;
      this.call = call;
    }

    @Override
    public void onMessage(RelayedChunk chunk) {
      Optional<DownloadSequence.Kind> kind = arrived(chunk);
      if (kind.isEmpty()) {
        chunk.release();
        return;
      }
      switch (kind.get()) {
        case HEAD -> sink.head(chunk);
        case DATA -> sink.data(chunk);
        case LAST -> sink.last(chunk);
        case WRONG -> {
          ImageChunk fields = chunk.fields();
          chunk.release();
          call.cancel("the generator broke the protocol", null);
          log.error(
              "generator {} broke the protocol: offset {}, size {} (expected: {})",
              client.address(),
              fields.getOffset(),
              fields.getSizeBytes(),
              nextOffset());
          end(GeneratorFailure.unavailable("the generator's stream made no sense"));
        }
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (status.isOk()) {
        end(GeneratorFailure.unavailable("the generator's stream ended before its last message"));
        return;
      }
      GeneratorFailure failure = FailureStatus.toFailure(status, trailers);
      if (mayTryNext()) {
        tryNext(failure);
      } else {
        end(failure);
      }
    }
  }

  /** Says what {@code chunk} is, and moves on; empty when nobody waits for it any more. */
  private synchronized Optional<DownloadSequence.Kind> arrived(RelayedChunk chunk) {
    if (phase != Phase.BEFORE_DATA && phase != Phase.DATA) {
      return Optional.empty();
    }
    DownloadSequence.Kind kind = order.take(chunk);
    switch (kind) {
      case DATA -> phase = Phase.DATA;
      case LAST -> phase = Phase.WHOLE;
      case HEAD, WRONG -> {}
    }
    return Optional.of(kind);
  }

  /** The stream is over without its last message. */
  private void end(GeneratorFailure failure) {
    Phase before;
    synchronized (this) {
      before = phase;
      phase =
          switch (before) {
            case BEFORE_DATA -> Phase.SETTLED;
            case DATA -> Phase.BROKEN;
            case WHOLE, BROKEN, SETTLED -> before;
          };
    }
    switch (before) {
      case BEFORE_DATA -> {
        sink.fail(failure);
        settle(SettlePickupRequest.Outcome.BROKEN, 0);
      }
      case DATA -> sink.abort(failure);
      case WHOLE, BROKEN, SETTLED -> {} // it was over already
    }
  }

  /** True while nothing has come, and somebody waits for it. */
  private synchronized boolean mayTryNext() {
    return phase == Phase.BEFORE_DATA && order.head() == null;
  }

  private synchronized long nextOffset() {
    return order.next();
  }
}
