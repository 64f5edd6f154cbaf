package dev.coatcheck.gateway.routing;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A call with one answer, made at one place of its route after the other until it is answered for
 * good. Cancelling {@link #answer} cancels the call that runs.
 *
 * @param <R> the answer
 */
public final class RoutedCall<R> {

  private final Route route;
  private final Function<GeneratorClient, CompletableFuture<R>> call;
  private final CompletableFuture<R> answer = new CompletableFuture<>();

  // state, any thread
  private final AtomicReference<@Nullable CompletableFuture<R>> running = new AtomicReference<>();

  private RoutedCall(Route route, Function<GeneratorClient, CompletableFuture<R>> call) {
    this.route = route;
    this.call = call;
  }

  /** Makes {@code call} along {@code route}; its failure is a {@link GeneratorFailure}. */
  public static <R> CompletableFuture<R> along(
      Route route, Function<GeneratorClient, CompletableFuture<R>> call) {
    var routed = new RoutedCall<>(route, call);
    routed.answer.whenComplete((value, failure) -> routed.cancelIfCallerLeft());
    routed.next(null);
    return routed.answer;
  }

  private void next(@Nullable GeneratorFailure before) {
    route
        .next(before)
        .whenComplete((client, thrown) -> {
          if (thrown != null) {
            answer.completeExceptionally(FailureStatus.toFailure(thrown));
          } else if (!answer.isDone()) {
            callAt(client);
          }
        });
  }

  private void callAt(GeneratorClient client) {
    CompletableFuture<R> attempt = call.apply(client);
    running.set(attempt);
    cancelIfCallerLeft();
    attempt.whenComplete((value, thrown) -> {
      if (thrown == null) {
        answer.complete(value);
      } else if (!answer.isDone()) {
        next(FailureStatus.toFailure(thrown));
      }
    });
  }

  private void cancelIfCallerLeft() {
    CompletableFuture<R> attempt = running.get();
    if (answer.isCancelled() && attempt != null) {
      attempt.cancel(false);
    }
  }
}
