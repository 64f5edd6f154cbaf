package dev.coatcheck.generator.ingest;

import dev.coatcheck.generator.image.ImageWriter;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.v1.ErrorReason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One generation: takes what one call of the function answers into one image, checks that it is an
 * image, and ends it in exactly one way.
 *
 * <p>A caller who goes away does not end it; only the function, the clock, or the image's deletion
 * does.
 *
 * <p><b>Threading:</b> the source, the clock and the image's listeners come from threads of their
 * own and take turns by a lock, under which nothing blocks.
 *
 * <p><b>Lifecycle:</b> made and started by {@link #start}; ended when {@code ended} is set.
 */
public final class ImageIngest implements ImageSource.Sink {

  private static final Logger log = LoggerFactory.getLogger(ImageIngest.class);

  private final ImageWriter writer;
  private final Executor caller;
  private final Runnable stopWhenGone = this::stopWhenGone;
  private final byte[] signature = new byte[ImageSignature.BYTES];

  // state: guarded by turn
  private final ReentrantLock turn = new ReentrantLock();
  private int signatureBytes;
  private String contentType = "";
  private boolean ended;
  private ImageSource.@Nullable Running running;
  private @Nullable ScheduledFuture<?> timeout;

  private ImageIngest(ImageWriter writer, Executor caller) {
    this.writer = writer;
    this.caller = caller;
  }

  /**
   * Calls the function, on {@code caller}, and takes its image in.
   *
   * @param writer ended by the ingest
   * @param timeToMake after which the function counts as failed
   */
  public static void start(
      ImageWriter writer,
      ImageSource source,
      FunctionCall call,
      Duration timeToMake,
      Executor caller,
      ScheduledExecutorService clock) {
    ImageIngest ingest = new ImageIngest(writer, caller);
    ingest.timeout =
        clock.schedule(
            () -> ingest.timeOut(timeToMake), timeToMake.toMillis(), TimeUnit.MILLISECONDS);
    writer.image().addListener(ingest.stopWhenGone);
    caller.execute(() -> ingest.call(source, call));
  }

  private void call(ImageSource source, FunctionCall call) {
    ImageSource.Running started;
    try {
      started = source.start(call, this);
    } catch (RuntimeException e) {
      log.warn("image {}: the function could not be called", writer.image().id(), e);
      fail(
          Refusal.of(
              ErrorReason.FUNCTION_FAILED, "The function could not be called: " + e.getMessage()));
      return;
    }
    turn.lock();
    try {
      running = started;
      if (ended) {
        started.cancel();
      }
    } finally {
      turn.unlock();
    }
  }

  @Override
  public boolean isWanted() {
    turn.lock();
    try {
      return !ended;
    } finally {
      turn.unlock();
    }
  }

  @Override
  public boolean write(ByteBuffer bytes) {
    turn.lock();
    try {
      if (ended) {
        return false;
      }
      keepSignature(bytes);
      switch (writer.append(bytes)) {
        case OK -> {
          return !contentType.isEmpty() ? commit() : signatureBytes < signature.length || decide();
        }
        case TOO_LARGE ->
            end(
                Refusal.of(
                    ErrorReason.FUNCTION_FAILED,
                    "The image has more bytes than were reserved for it. Ask for a bigger"
                        + " max_bytes."));
        case GONE -> end(deleted());
      }
      return false;
    } finally {
      turn.unlock();
    }
  }

  private void keepSignature(ByteBuffer bytes) {
    int more = Math.min(signature.length - signatureBytes, bytes.remaining());
    if (more > 0) {
      bytes.get(bytes.position(), signature, signatureBytes, more);
      signatureBytes += more;
    }
  }

  /** Looks at the first bytes, once there are enough of them, or no more. */
  private boolean decide() {
    Optional<String> type = ImageSignature.contentTypeOf(Arrays.copyOf(signature, signatureBytes));
    if (type.isEmpty()) {
      end(
          Refusal.of(
              ErrorReason.NOT_AN_IMAGE,
              signatureBytes == 0
                  ? "The function answered nothing."
                  : "The function's answer begins like no PNG, JPEG, WebP, AVIF, GIF or TIFF."));
      return false;
    }
    contentType = type.get();
    return commit();
  }

  private boolean commit() {
    writer.commit(contentType);
    return true;
  }

  @Override
  public void complete() {
    turn.lock();
    try {
      if (!ended && (!contentType.isEmpty() || decide())) {
        finish();
        writer.complete();
      }
    } finally {
      turn.unlock();
    }
  }

  @Override
  public void fail(Refusal why) {
    turn.lock();
    try {
      end(why);
    } finally {
      turn.unlock();
    }
  }

  private void timeOut(Duration timeToMake) {
    fail(
        Refusal.of(
            ErrorReason.FUNCTION_TIMEOUT,
            "The function did not end within " + timeToMake.toSeconds() + " s."));
  }

  private void stopWhenGone() {
    if (writer.image().isGone()) {
      caller.execute(() -> fail(deleted())); // the thread that brought the news may not wait
    }
  }

  private static Refusal deleted() {
    return Refusal.of(ErrorReason.IMAGE_DELETED, "This image was deleted.");
  }

  private void end(Refusal why) {
    if (ended) {
      return;
    }
    finish();
    if (running != null) {
      running.cancel();
    }
    writer.fail(why);
  }

  private void finish() {
    ended = true;
    writer.image().removeListener(stopWhenGone);
    if (timeout != null) {
      timeout.cancel(false);
    }
  }
}
