package dev.coatcheck.generator.image;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Where downloads begin. Answers at once, but for two cases: while it is in doubt whether the last
 * claimant has the whole image, and while the image moves to another generator, it waits a little
 * for the word.
 *
 * <p><b>Threading:</b> any thread; never blocks.
 */
public final class ClaimService {

  private static final Duration WAIT_FOR_SETTLEMENT = Duration.ofSeconds(2);

  private final ScheduledExecutorService clock;

  public ClaimService(ScheduledExecutorService clock) {
    this.clock = clock;
  }

  /**
   * Claims the image.
   *
   * @return the reader, which the caller owns, or a {@link ServiceException}
   */
  public CompletableFuture<ImageReader> claim(Image image, ClaimRequest request) {
    return switch (image.claim(request)) {
      case ClaimAnswer.Begun(ImageReader reader) -> CompletableFuture.completedFuture(reader);
      case ClaimAnswer.Refused(Refusal refusal) -> refused(refusal);
      case ClaimAnswer.InDoubt() ->
          ImageWait.until(image, () -> !image.isInDoubt(), WAIT_FOR_SETTLEMENT, clock)
              .thenCompose(_ -> claimNow(image, request));
      case ClaimAnswer.Moving() ->
          ImageWait.untilNotMoving(image, clock).thenCompose(_ -> claimNow(image, request));
    };
  }

  private static CompletableFuture<ImageReader> claimNow(Image image, ClaimRequest request) {
    return switch (image.claim(request)) {
      case ClaimAnswer.Begun(ImageReader reader) -> CompletableFuture.completedFuture(reader);
      case ClaimAnswer.Refused(Refusal refusal) -> refused(refusal);
      case ClaimAnswer.InDoubt() -> refused(Refusal.claimedByAnother());
      case ClaimAnswer.Moving() -> refused(Refusal.moving());
    };
  }

  private static CompletableFuture<ImageReader> refused(Refusal refusal) {
    return CompletableFuture.failedFuture(new ServiceException(refusal));
  }
}
