package dev.coatcheck.generator.ingest;

import dev.coatcheck.generator.image.ImageWriter;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.v1.ErrorReason;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One generation: takes what the function gives into one image, checks that it is an image, and
 * ends it in exactly one way. A call that breaks before the first byte is made once more; nothing
 * of the {@link Attempt} before it is taken then.
 *
 * <p>A caller who goes away does not end it; only the function, the clock, or the image's deletion
 * does.
 *
 * <p><b>Threading:</b> the function's answer, its parts, the clock and the image's listeners come
 * from threads of their own and take turns by a lock, under which nothing blocks.
 *
 * <p><b>Lifecycle:</b> made and started by {@link #start}; ended when {@code ended} is set.
 */
public final class ImageIngest {

  private static final int MAX_ATTEMPTS = 2;
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final ImageWriter writer;
  private final ImageSource source;
  private final IntFunction<FunctionCall> calls;
  private final Uploads uploads;
  private final Executor caller;
  private final ScheduledExecutorService clock;
  private final Runnable stopWhenGone = this::stopWhenGone;

  // state: guarded by turn
  private final ReentrantLock turn = new ReentrantLock();
  private String contentType = "";
  private boolean ended;
  private @Nullable Attempt attempt;
  private @Nullable Refusal firstBreak;
  private @Nullable ScheduledFuture<?> timeout;

  private ImageIngest(
      ImageWriter writer,
      ImageSource source,
      IntFunction<FunctionCall> calls,
      Uploads uploads,
      Executor caller,
      ScheduledExecutorService clock) {
    this.writer = writer;
    this.source = source;
    this.calls = calls;
    this.uploads = uploads;
    this.caller = caller;
    this.clock = clock;
  }

  /**
   * Calls the function, on {@code caller}, and takes its image in.
   *
   * @param writer ended by the ingest
   * @param calls the call to make, by the number of the attempt
   * @param timeToMake after which the function counts as failed
   */
  public static void start(
      ImageWriter writer,
      ImageSource source,
      IntFunction<FunctionCall> calls,
      Duration timeToMake,
      Uploads uploads,
      Executor caller,
      ScheduledExecutorService clock) {
    ImageIngest ingest = new ImageIngest(writer, source, calls, uploads, caller, clock);
    ingest.timeout =
        clock.schedule(
            () -> ingest.timeOut(timeToMake), timeToMake.toMillis(), TimeUnit.MILLISECONDS);
    writer.image().addListener(ingest.stopWhenGone);
    caller.execute(() -> ingest.call(1));
  }

  private void call(int number) {
    FunctionCall call = calls.apply(number);
    Attempt next = new Attempt(this, call);
    turn.lock();
    try {
      if (ended) {
        return;
      }
      attempt = next;
      next.upload().ifPresent(uploads::open);
    } finally {
      turn.unlock();
    }
    next.start(source);
  }

  // What attempts and uploads do, each in its turn.

  void lock() {
    turn.lock();
  }

  void unlock() {
    turn.unlock();
  }

  ImageWriter writer() {
    return writer;
  }

  Executor caller() {
    return caller;
  }

  /** True while {@code one} is the call whose answer is taken. */
  boolean isTakenFrom(Attempt one) {
    return !ended && attempt == one;
  }

  boolean hasEnded() {
    return ended;
  }

  /**
   * Lets readers see what was written without a gap, once its first bytes say that it is an image.
   *
   * @param last true when there are no more bytes
   * @return false when it is none, and the generation has ended
   */
  boolean commit(boolean last) {
    if (contentType.isEmpty()) {
      if (writer.writtenBytes() < ImageSignature.BYTES && !last) {
        return true;
      }
      Optional<String> type = ImageSignature.contentTypeOf(writer.head(ImageSignature.BYTES));
      if (type.isEmpty()) {
        end(
            Refusal.of(
                ErrorReason.NOT_AN_IMAGE,
                writer.writtenBytes() == 0
                    ? "The function answered nothing."
                    : "The function's answer begins like no PNG, JPEG, WebP, AVIF, GIF or TIFF."));
        return false;
      }
      contentType = type.get();
    }
    writer.commit(contentType);
    return true;
  }

  /** Ends well: all that was written is the image. */
  void complete() {
    if (!ended && commit(true)) {
      finish();
      writer.complete();
    }
  }

  /** Ends with no image. */
  void end(Refusal why) {
    if (ended) {
      return;
    }
    finish();
    if (attempt != null) {
      attempt.stop(why);
    }
    writer.fail(why);
  }

  /** Ends because the function gave more than was agreed. */
  Refusal endTooLarge() {
    Refusal why =
        Refusal.of(
            ErrorReason.FUNCTION_FAILED,
            "The image has more bytes than were reserved for it. Ask for a bigger max_bytes.");
    end(why);
    return why;
  }

  /** Calls the function once more, or ends if that has been done. */
  void callAgain(FunctionCall broken, Refusal why) {
    if (broken.attempt() >= MAX_ATTEMPTS) {
      end(moreTelling(why));
      return;
    }
    firstBreak = why;
    attempt = null; // nothing more is taken from it
    var _ =
        clock.schedule(
            () -> caller.execute(() -> call(broken.attempt() + 1)),
            PAUSE.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** To be throttled tells more than that a connection has broken. */
  private Refusal moreTelling(Refusal lastBreak) {
    Refusal first = firstBreak;
    return first == null || first.retryAfter().isZero() ? lastBreak : first;
  }

  static Refusal deleted() {
    return Refusal.of(ErrorReason.IMAGE_DELETED, "This image was deleted.");
  }

  private void timeOut(Duration timeToMake) {
    endNow(
        Refusal.of(
            ErrorReason.FUNCTION_TIMEOUT,
            "The function did not end within " + timeToMake.toSeconds() + " s."));
  }

  private void stopWhenGone() {
    if (writer.image().isGone()) {
      caller.execute(() -> endNow(deleted())); // the thread that brought the news may not wait
    }
  }

  private void endNow(Refusal why) {
    turn.lock();
    try {
      end(why);
    } finally {
      turn.unlock();
    }
  }

  private void finish() {
    ended = true;
    writer.image().removeListener(stopWhenGone);
    if (timeout != null) {
      timeout.cancel(false);
    }
  }
}
