package dev.coatcheck.gateway.routing;

import dev.coatcheck.contract.StatusDetails;
import dev.coatcheck.v1.WatchGeneratorRequest;
import dev.coatcheck.v1.WatchGeneratorResponse;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One {@code WatchGenerator} stream that is begun again, after a growing pause, whenever it ends.
 *
 * <p><b>Threading:</b> news arrive on the channel's event loop, one at a time.
 *
 * <p><b>Lifecycle:</b> from {@link #start} to {@link #close}; a dead connection is noticed by the
 * channel's keep-alive.
 */
final class GeneratorWatch {

  private static final Logger log = LoggerFactory.getLogger(GeneratorWatch.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(3);

  private final GeneratorClient client;
  private final ScheduledExecutorService timer;
  private final Consumer<Fleet.Member> news;
  private final Runnable onLost;

  // state, under this
  private Duration pause = FIRST_PAUSE;
  private boolean closed;
  private @Nullable ClientCall<?, ?> call;
  private boolean starting; // and the call cannot be cancelled yet

  GeneratorWatch(
      GeneratorClient client,
      ScheduledExecutorService timer,
      Consumer<Fleet.Member> news,
      Runnable onLost) {
    this.client = client;
    this.timer = timer;
    this.news = news;
    this.onLost = onLost;
  }

  /** Begins. A call may tell of its end before it has begun, so nothing is locked meanwhile. */
  void start() {
    ClientCall<WatchGeneratorRequest, WatchGeneratorResponse> started;
    synchronized (this) {
      if (closed) {
        return;
      }
      started = client.newWatch();
      call = started;
      starting = true;
    }
    client.reconnect();
    started.start(new Listener(started), new Metadata());
    started.sendMessage(WatchGeneratorRequest.getDefaultInstance());
    started.halfClose();
    started.request(2);
    if (isClosedAfterStart()) {
      cancel(started);
    }
  }

  private synchronized boolean isClosedAfterStart() {
    starting = false;
    return closed;
  }

  void close() {
    ClientCall<?, ?> running;
    synchronized (this) {
      closed = true;
      running = starting ? null : call; // whoever starts it cancels it then
    }
    if (running != null) {
      cancel(running);
    }
  }

  private static void cancel(ClientCall<?, ?> call) {
    call.cancel("the gateway is ending", null);
  }

  private synchronized void heard() {
    pause = FIRST_PAUSE;
  }

  private synchronized void lost(Status status) {
    if (closed) {
      return;
    }
    log.debug(
        "generator {}: {}; again in {}", client.address(), StatusDetails.describe(status), pause);
    try {
      timer.schedule(this::start, pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      closed = true; // the gateway is ending
    }
    pause = pause.multipliedBy(2);
    if (pause.compareTo(MAX_BACKOFF) > 0) {
      pause = MAX_BACKOFF;
    }
  }

  private final class Listener extends ClientCall.Listener<WatchGeneratorResponse> {

    private final ClientCall<WatchGeneratorRequest, WatchGeneratorResponse> started;

    // state, the channel's event loop
    private boolean answered;

    Listener(ClientCall<WatchGeneratorRequest, WatchGeneratorResponse> started) {
      this.started = started;
    }

    @Override
    public void onMessage(WatchGeneratorResponse message) {
      heard();
      if (!answered) {
        answered = true;
        client.reconnect(); // on other loops calls may have failed while it was away
      }
      Fleet.State state =
          switch (message.getState()) {
            case ACTIVE -> Fleet.State.ACTIVE;
            case DRAINING -> Fleet.State.DRAINING;
            case STATE_UNSPECIFIED, UNRECOGNIZED -> Fleet.State.UNREACHABLE;
          };
      news.accept(
          new Fleet.Member(
              client, state, message.getIncarnation(), message.getFreeBytes(), System.nanoTime()));
      started.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      news.accept(Fleet.Member.unheard(client));
      onLost.run();
      lost(status);
    }
  }
}
