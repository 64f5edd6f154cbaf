package dev.coatcheck.gateway.routing;

import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.DeleteImageRequest;
import dev.coatcheck.v1.GetImageRequest;
import dev.coatcheck.v1.Image;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The calls with one answer, each sent to the generator it belongs to. What goes wrong completes
 * the future with a {@link GeneratorFailure}; cancelling the future cancels the call.
 *
 * <p><b>Threading:</b> any thread. Answers come on the event loop of a channel: do not block there.
 */
public final class ImageCalls {

  private final OwnerRouter owners;
  private final Placement placement;

  public ImageCalls(OwnerRouter owners, Placement placement) {
    this.owners = owners;
    this.placement = placement;
  }

  /** Asks one generator after the other, each once, until one has room. */
  public CompletableFuture<Image> create(CreateImageRequest request) {
    List<GeneratorClient> candidates;
    try {
      candidates = placement.candidates(request.getRequestId());
    } catch (GeneratorFailure failure) {
      return CompletableFuture.failedFuture(failure);
    }
    var attempts = new Attempts(request, candidates.iterator());
    attempts.next(null);
    return attempts.answer;
  }

  /** Asks the holder for the image's state. */
  public CompletableFuture<Image> get(GetImageRequest request) {
    return atOwner(request.getName(), owner -> owner.get(request));
  }

  /** Has the holder free the image. */
  public CompletableFuture<?> delete(DeleteImageRequest request) {
    return atOwner(request.getName(), owner -> owner.delete(request));
  }

  private <R> CompletableFuture<R> atOwner(
      String name, Function<GeneratorClient, CompletableFuture<R>> call) {
    try {
      return call.apply(owners.ownerOf(name));
    } catch (GeneratorFailure failure) {
      return CompletableFuture.failedFuture(failure);
    }
  }

  /** One create, going from one candidate to the next on the event loops that answer. */
  private static final class Attempts {

    private final CreateImageRequest request;
    private final Iterator<GeneratorClient> candidates;
    private final CompletableFuture<Image> answer = new CompletableFuture<>();
    private final AtomicReference<CompletableFuture<Image>> running = new AtomicReference<>();

    Attempts(CreateImageRequest request, Iterator<GeneratorClient> candidates) {
      this.request = request;
      this.candidates = candidates;
      answer.whenComplete((image, failure) -> cancelIfCallerLeft());
    }

    void next(@Nullable GeneratorFailure refusal) {
      var attempt = candidates.next().create(request);
      running.set(attempt);
      cancelIfCallerLeft();
      attempt.whenComplete((image, thrown) -> {
        if (thrown == null) {
          answer.complete(image);
        } else {
          failed(refusal, FailureStatus.toFailure(thrown));
        }
      });
    }

    private void failed(@Nullable GeneratorFailure before, GeneratorFailure now) {
      if (!now.refusedBeforeAnythingWasDone()) {
        answer.completeExceptionally(now);
      } else if (candidates.hasNext() && !answer.isDone()) {
        next(Placement.refusalToTell(before, now));
      } else {
        answer.completeExceptionally(Placement.refusalToTell(before, now));
      }
    }

    private void cancelIfCallerLeft() {
      var attempt = running.get();
      if (answer.isCancelled() && attempt != null) {
        attempt.cancel(false);
      }
    }
  }
}
