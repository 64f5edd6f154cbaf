package dev.coatcheck.generator.ingest;

import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.v1.ErrorReason;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of the function. What it answers is taken for as long as no other call took its place.
 *
 * <p><b>Threading:</b> whichever thread brings the answer; each call takes its turn.
 */
final class Attempt implements ImageSource.Sink {

  private static final Logger log = LoggerFactory.getLogger(Attempt.class);

  private final ImageIngest ingest;
  private final FunctionCall call;
  private final Optional<Upload> upload;

  // state: guarded by the ingest's turn
  private ImageSource.@Nullable Running running;

  Attempt(ImageIngest ingest, FunctionCall call) {
    this.ingest = ingest;
    this.call = call;
    this.upload = call.upload().map(address -> new Upload(ingest, this, address.partBytes()));
  }

  FunctionCall call() {
    return call;
  }

  Optional<Upload> upload() {
    return upload;
  }

  /** Makes the call, and returns when it was made. */
  void start(ImageSource source) {
    ImageSource.Running started;
    try {
      started = source.start(call, this);
    } catch (RuntimeException e) {
      log.warn("image {}: the function could not be called", ingest.writer().image().id(), e);
      fail(Refusal.of(ErrorReason.FUNCTION_FAILED, "The function could not be called."));
      return;
    }
    inTurn(() -> {
      running = started;
      if (ingest.hasEnded()) {
        started.cancel();
      }
    });
  }

  /** The generation has ended without an image; called in its turn. */
  void stop(Refusal why) {
    if (running != null) {
      running.cancel();
    }
    upload.ifPresent(open -> open.stop(why));
  }

  @Override
  public boolean isWanted() {
    ingest.lock();
    try {
      return ingest.isTakenFrom(this);
    } finally {
      ingest.unlock();
    }
  }

  @Override
  public boolean write(ByteBuffer bytes) {
    ingest.lock();
    try {
      if (!ingest.isTakenFrom(this)) {
        return false;
      }
      switch (ingest.writer().append(bytes)) {
        case OK -> {
          return ingest.commit(false);
        }
        case TOO_LARGE -> {
          var _ = ingest.endTooLarge();
        }
        case GONE -> ingest.end(ImageIngest.deleted());
      }
      return false;
    } finally {
      ingest.unlock();
    }
  }

  @Override
  public void complete() {
    inTurn(() -> {
      if (!ingest.isTakenFrom(this)) {
        return;
      }
      if (upload.isEmpty()) {
        ingest.complete();
      } else {
        upload
            .get()
            .answered(
                Refusal.of(
                    ErrorReason.FUNCTION_FAILED,
                    "The function ended, and had not completed its upload."));
      }
    });
  }

  @Override
  public void fail(Refusal why) {
    inTurn(() -> {
      if (ingest.isTakenFrom(this)) {
        upload.ifPresentOrElse(open -> open.answered(why), () -> ingest.end(why));
      }
    });
  }

  @Override
  public void broken(Refusal why) {
    inTurn(() -> {
      if (!ingest.isTakenFrom(this)) {
        return;
      }
      boolean begun =
          ingest.writer().writtenBytes() > 0 || upload.map(Upload::hasBegun).orElse(false);
      if (begun) {
        upload.ifPresentOrElse(open -> open.callEnded(why), () -> ingest.end(why));
      } else {
        ingest.callAgain(call, why);
      }
    });
  }

  private void inTurn(Runnable step) {
    ingest.lock();
    try {
      step.run();
    } finally {
      ingest.unlock();
    }
  }
}
