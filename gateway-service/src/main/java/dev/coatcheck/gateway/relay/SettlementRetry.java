package dev.coatcheck.gateway.relay;

import dev.coatcheck.gateway.routing.GeneratorFailure;
import dev.coatcheck.gateway.routing.KeyDigest;
import dev.coatcheck.gateway.routing.KeyRouter;
import dev.coatcheck.gateway.routing.RoutedCall;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.SettlePickupRequest;
import dev.coatcheck.v1.SettlePickupRequest.Outcome;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The gateway's word to a generator on how far one response really got; said again, with growing
 * pauses, while the generator cannot be reached. It is idempotent there.
 *
 * <p><b>Threading:</b> any thread; attempts follow one another.
 */
final class SettlementRetry {

  private static final Logger log = LoggerFactory.getLogger(SettlementRetry.class);
  private static final Duration GIVE_UP_AFTER = Duration.ofSeconds(10);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(2);

  private final KeyRouter owners;
  private final SettlePickupRequest request;
  private final ScheduledExecutorService timer;
  private final Runnable onEnd;
  private final long deadlineNanos = System.nanoTime() + GIVE_UP_AFTER.toNanos();

  private SettlementRetry(
      KeyRouter owners,
      SettlePickupRequest request,
      ScheduledExecutorService timer,
      Runnable onEnd) {
    this.owners = owners;
    this.request = request;
    this.timer = timer;
    this.onEnd = onEnd;
  }

  /** Begins to say {@code word}, and calls {@code onEnd} once it was taken, or given up. */
  static void begin(
      KeyRouter owners, SettlePickupRequest word, ScheduledExecutorService timer, Runnable onEnd) {
    new SettlementRetry(owners, word, timer, onEnd).attempt(FIRST_PAUSE);
  }

  private void attempt(Duration pauseAfter) {
    Duration left = Duration.ofNanos(deadlineNanos - System.nanoTime());
    RoutedCall.along(owners.route(request.getName()), owner -> owner.settle(request, left))
        .whenComplete((answer, thrown) -> {
          if (thrown == null) {
            log.debug(
                "image {}: settled {}, delivered {}",
                KeyDigest.of(request.getName()),
                request.getOutcome(),
                answer.getDelivered());
            onEnd.run();
          } else {
            failed(thrown, pauseAfter);
          }
        });
  }

  private void failed(Throwable thrown, Duration pause) {
    boolean worthwhile =
        thrown instanceof GeneratorFailure failure
            && failure.reason() == ErrorReason.GENERATOR_UNAVAILABLE
            && deadlineNanos - System.nanoTime() > pause.toNanos();
    if (worthwhile) {
      Duration doubled = pause.multipliedBy(2);
      Duration next = doubled.compareTo(MAX_BACKOFF) < 0 ? doubled : MAX_BACKOFF;
      try {
        timer.schedule(() -> attempt(next), pause.toMillis(), TimeUnit.MILLISECONDS);
        return;
      } catch (RejectedExecutionException e) {
        thrown.addSuppressed(e); // the gateway is ending
      }
    }
    log.atLevel(isOfNoUse(thrown) ? Level.DEBUG : Level.WARN)
        .log(
            "image {}: the generator did not take the settlement {}: {}",
            KeyDigest.of(request.getName()),
            request.getOutcome(),
            thrown.getMessage());
    onEnd.run();
  }

  /**
   * A stream that is not complete, of an image that is gone, or has another claimant by now:
   * nothing is lost.
   */
  private boolean isOfNoUse(Throwable thrown) {
    return request.getOutcome() != Outcome.COMPLETE
        && thrown instanceof GeneratorFailure failure
        && failure.reason() != ErrorReason.GENERATOR_UNAVAILABLE;
  }
}
