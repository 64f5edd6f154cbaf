package dev.coatcheck.generator.image;

import dev.coatcheck.v1.ErrorReason;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What stays of an ended image, so that the answer can say what became of it.
 *
 * @param last what the image looked like in the end
 * @param reason why it ended
 * @param sinceNanos when, in monotonic nanoseconds
 * @param peer where it moved; empty when it ended otherwise
 */
public record Tombstone(ImageStatus last, ErrorReason reason, long sinceNanos, String peer) {

  /** The message of a failure whose own was forgotten. */
  private static final String NO_MESSAGE = "The function failed; no more is known of it.";

  /** How much text it keeps, in characters: the file's name, and why there is no image. */
  int textCharacters() {
    return last.filename().length() + message(last.failure()).length();
  }

  private static String message(@Nullable Refusal failure) {
    return failure == null || failure.message().equals(NO_MESSAGE) ? "" : failure.message();
  }

  /** The same without its text; what programs read stays. */
  Tombstone withoutText() {
    return new Tombstone(last.withoutText(NO_MESSAGE), reason, sinceNanos, peer);
  }

  /** True when it did not end, but goes on elsewhere. */
  public boolean isMoved() {
    return reason == ErrorReason.IMAGE_MOVED;
  }

  /** What a request for the image is answered. */
  public Refusal refusal() {
    if (last.failure() != null) {
      return last.failure();
    }
    if (isMoved()) {
      return Refusal.moved(peer);
    }
    Map<String, String> metadata = new HashMap<>();
    if (last.sizeBytes() >= 0) {
      metadata.put("sha256", last.sha256());
      metadata.put("size_bytes", Long.toString(last.sizeBytes()));
    }
    return new Refusal(reason, message(), Duration.ZERO, metadata);
  }

  private String message() {
    return switch (reason) {
      case IMAGE_DELIVERED -> "This image was picked up. An image is handed over once.";
      case IMAGE_EXPIRED -> "This image was not picked up in time.";
      case IMAGE_DELETED -> "This image was deleted.";
      default -> "This image is gone.";
    };
  }
}
