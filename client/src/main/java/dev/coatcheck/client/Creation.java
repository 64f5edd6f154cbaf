package dev.coatcheck.client;

import dev.coatcheck.client.CoatcheckException.Kind;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageServiceGrpc;
import io.grpc.CallOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The asking for one image, until there is an answer. It has a request id, the caller's or one of
 * its own, so that asking again after an answer was lost does not call the function twice.
 *
 * <p>A request id leads to one generator alone. So where that has no room, and the id was ours, it
 * is asked once more without one, which any generator with room may answer.
 *
 * <p><b>Threading:</b> attempts follow one another, on any thread.
 */
final class Creation {

  /** A gateway that was never reached is more likely down than about to come back. */
  private static final Duration MAX_TIMEOUT = Duration.ofSeconds(10);

  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

  /** The contract's longest; more is refused. */
  private static final long MAX_WAIT_SECONDS = 60;

  private final Gateway gateway;
  private final PickupOptions terms;
  private final CompletableFuture<String> name = new CompletableFuture<>();
  private final Backoff backoff;

  // state, one attempt at a time
  private CreateImageRequest request;
  private boolean ownId;

  private Creation(Gateway gateway, PickupOptions terms, CreateImageRequest request) {
    this.gateway = gateway;
    this.terms = terms;
    this.ownId = request.getRequestId().isEmpty();
    this.request =
        ownId ? request.toBuilder().setRequestId(UUID.randomUUID().toString()).build() : request;
    Duration patience = terms.patience();
    this.backoff = new Backoff(patience.compareTo(MAX_TIMEOUT) < 0 ? patience : MAX_TIMEOUT);
  }

  /**
   * Asks for an image; its name, {@code images/{key}}, or a {@link CoatcheckException}. Cancelling
   * the future ends it.
   */
  static CompletableFuture<String> begin(
      Gateway gateway, PickupOptions terms, CreateImageRequest request) {
    var creation = new Creation(gateway, terms, request);
    creation.attempt();
    return creation.name;
  }

  private void attempt() {
    if (name.isDone()) {
      return;
    }
    long wait = Math.max(0, Math.min(request.getWait().getSeconds(), MAX_WAIT_SECONDS));
    Duration within = terms.atMostLeft(ANSWER_WITHIN.plusSeconds(wait));
    CompletableFuture<Image> answer =
        gateway.unary(
            ImageServiceGrpc.getCreateImageMethod(),
            request,
            CallOptions.DEFAULT.withDeadlineAfter(within.toNanos(), TimeUnit.NANOSECONDS));
    name.whenComplete((done, thrown) -> answer.cancel(false)); // which does nothing once it is done
    answer.whenComplete((image, thrown) -> {
      if (thrown == null) {
        name.complete(image.getName());
      } else if (thrown instanceof CoatcheckException failure) {
        failed(failure);
      } else {
        name.completeExceptionally(thrown);
      }
    });
  }

  private void failed(CoatcheckException why) {
    if (why.reason() == ErrorReason.MEMORY_BUDGET_EXHAUSTED && ownId) {
      ownId = false;
      request = request.toBuilder().clearRequestId().build();
      attempt();
      return;
    }
    boolean again =
        !request.getRequestId().isEmpty()
            && (why.kind() == Kind.UNREACHABLE
                || why.reason() == ErrorReason.GENERATOR_UNAVAILABLE);
    Optional<Duration> pause = again ? backoff.next(why.retryAfter()) : Optional.empty();
    if (pause.isEmpty()) {
      name.completeExceptionally(why);
      return;
    }
    Duration until = terms.atMostLeft(pause.get());
    terms.listener().interrupted(why, until);
    gateway.reconnectNow();
    gateway.after(until, this::attempt);
  }
}
