package dev.coatcheck.generator.ingest;

import dev.coatcheck.generator.image.Image;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.image.ServiceException;
import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The parts that one call of a function pushes. The first run of it that writes keeps all others
 * out. Parts are put where they belong as they come; the SHA-256, and with it what readers see,
 * follows on another thread, part by part, as far as there is no gap.
 *
 * <p><b>Threading:</b> any thread; each step takes its turn, and none blocks.
 *
 * <p><b>Lifecycle:</b> ends when its image is complete or failed, or its call was made again.
 */
public final class Upload {

  /** What the function says the image must be. */
  private record Claim(long sizeBytes, String sha256, CompletableFuture<Void> verified) {}

  private final ImageIngest ingest;
  private final Attempt attempt;
  private final int partBytes;

  // state: guarded by the ingest's turn
  private final UploadParts parts;
  private String run = "";
  private boolean contested;
  private boolean following;
  private @Nullable Claim claim;
  private @Nullable Refusal callEnded;

  Upload(ImageIngest ingest, Attempt attempt, int partBytes) {
    this.ingest = ingest;
    this.attempt = attempt;
    this.partBytes = partBytes;
    this.parts = new UploadParts(partBytes);
  }

  Image image() {
    return ingest.writer().image();
  }

  int attempt() {
    return attempt.call().attempt();
  }

  /** True once a run of the function has begun to write; called in its turn. */
  boolean hasBegun() {
    return !run.isEmpty();
  }

  /**
   * Begins a part, or its repetition.
   *
   * @param writer the function's run
   * @throws ServiceException if it has no place here
   */
  public PartWriter begin(String writer, long offset, long sizeBytes, OptionalInt crc32c) {
    if (offset < 0 || offset % partBytes != 0) {
      throw Uploads.invalid("offset", offset, "a multiple of " + partBytes);
    }
    if (sizeBytes < 1 || sizeBytes > partBytes) {
      throw Uploads.invalid("size_bytes", sizeBytes, "1 to " + partBytes);
    }
    return inTurn(() -> {
      requireOpen();
      requireRun(writer);
      if (offset > attempt.call().maxBytes() - sizeBytes) {
        throw new ServiceException(Refusal.invalid("offset", ingest.endTooLarge().message()));
      }
      PartWriter part = new PartWriter(this, offset, (int) sizeBytes, crc32c);
      if (parts.written(offset).isPresent()) {
        return part;
      }
      if (claim != null || parts.wouldLeaveAGap(offset, (int) sizeBytes)) {
        throw Uploads.invalid(
            "size_bytes", sizeBytes, partBytes + ": only the image's last part may be shorter");
      }
      run = writer;
      parts.begin(part);
      return part;
    });
  }

  void write(PartWriter part, long offset, ByteBuffer bytes) {
    inTurn(() -> {
      requireOpen();
      if (parts.written(part.offset()).isPresent()) {
        return true; // a repetition: it is compared, at its end
      }
      requireWriting(part);
      return switch (ingest.writer().write(offset, bytes)) {
        case OK -> true;
        case TOO_LARGE, GONE -> throw new ServiceException(Uploads.notFound());
      };
    });
  }

  void end(PartWriter part, int crc32c) {
    inTurn(() -> {
      requireOpen();
      OptionalInt before = parts.written(part.offset());
      if (before.isEmpty()) {
        requireWriting(part);
        parts.end(part, crc32c);
        follow();
      } else if (before.getAsInt() != crc32c
          || parts.sizeBytes(part.offset()) != part.sizeBytes()) {
        throw Uploads.invalid("data", "other bytes", "those that were written here before");
      }
      return true;
    });
  }

  void abandon(PartWriter part) {
    inTurn(() -> {
      parts.abandon(part);
      return true;
    });
  }

  /**
   * All parts were sent.
   *
   * @param writer the function's run; may be empty
   * @return completed when the image is complete
   * @throws ServiceException if it cannot be that, or not yet; nothing has changed then
   */
  public CompletableFuture<Void> complete(String writer, long sizeBytes, String sha256) {
    return inTurn(() -> {
      if (claim != null && claim.sizeBytes == sizeBytes && claim.sha256.equals(sha256)) {
        return claim.verified;
      }
      requireOpen();
      if (!writer.isEmpty()) {
        requireRun(writer);
      }
      String missing = parts.missingFor(sizeBytes);
      if (sizeBytes < 1 || claim != null || !missing.isEmpty()) {
        throw Uploads.invalid(
            "size_bytes", sizeBytes, "the size of all parts; there is " + missing);
      }
      Claim made = new Claim(sizeBytes, sha256, new CompletableFuture<>());
      claim = made;
      follow();
      return made.verified;
    });
  }

  /**
   * The function has answered, without completing this; called in its turn. If two runs of it tried
   * to write, this may be the answer of the one that was refused: the other goes on, for as long as
   * the function may take.
   */
  void answered(Refusal unlessComplete) {
    if (contested) {
      callEnded = unlessComplete;
    } else {
      callEnded(unlessComplete);
    }
  }

  /** The call has ended, and nothing more comes; called in its turn. */
  void callEnded(Refusal unlessComplete) {
    callEnded = unlessComplete;
    if (claim == null) {
      ingest.end(unlessComplete);
    }
  }

  /** The generation has ended without an image; called in its turn. */
  void stop(Refusal why) {
    Claim made = claim;
    claim = null;
    if (made != null) {
      made.verified.completeExceptionally(new ServiceException(why));
    }
  }

  /** Goes after the parts, unless somebody does already. */
  private void follow() {
    if (!following) {
      following = true;
      ingest.caller().execute(this::followAll);
    }
  }

  private void followAll() {
    while (true) {
      long from;
      long upTo;
      ingest.lock();
      try {
        from = parts.passedBytes();
        upTo = parts.pass();
        if (ingest.hasEnded() || upTo == from) {
          following = false;
          verify();
          return;
        }
      } finally {
        ingest.unlock();
      }
      if (ingest.writer().advance(upTo)) {
        inTurn(() -> !ingest.hasEnded() && ingest.commit(false));
      }
    }
  }

  private void verify() {
    Claim made = claim;
    if (made == null || ingest.hasEnded() || parts.passedBytes() < made.sizeBytes) {
      return;
    }
    String sha256 = ingest.writer().sha256();
    if (!sha256.equals(made.sha256)) {
      claim = null;
      made.verified.completeExceptionally(
          Uploads.invalid("sha256", made.sha256, sha256 + ", as it came"));
      if (callEnded != null) {
        ingest.end(callEnded);
      }
      return;
    }
    ingest.complete();
    made.verified.complete(null);
  }

  private void requireOpen() {
    if (ingest.hasEnded()) {
      throw new ServiceException(Uploads.notFound());
    }
    if (!ingest.isTakenFrom(attempt)) {
      throw new ServiceException(Uploads.superseded("The function is being called again."));
    }
  }

  private void requireRun(String writer) {
    if (hasBegun() && !run.equals(writer)) {
      contested = true;
      throw new ServiceException(
          Uploads.superseded("Another run of the function has begun to write this image."));
    }
  }

  private void requireWriting(PartWriter part) {
    if (!parts.isWriting(part)) {
      throw new ServiceException(
          Uploads.superseded("The part at " + part.offset() + " is being sent again."));
    }
  }

  private <T> T inTurn(Supplier<T> step) {
    ingest.lock();
    try {
      return step.get();
    } finally {
      ingest.unlock();
    }
  }
}
