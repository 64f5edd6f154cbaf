package dev.coatcheck.generator.image;

import dev.coatcheck.v1.ErrorReason;
import java.time.Duration;
import java.util.Map;

/**
 * Why a request was not met, in the contract's words.
 *
 * @param reason the stable word
 * @param message what was wrong, and what to do, for people
 * @param retryAfter when to come again; zero when that would not help
 * @param metadata what the caller's program may want to know
 */
public record Refusal(
    ErrorReason reason, String message, Duration retryAfter, Map<String, String> metadata) {

  private static final Duration CLAIMED_RETRY = Duration.ofSeconds(2);

  public Refusal {
    metadata = Map.copyOf(metadata);
  }

  /** A refusal that a retry would not change. */
  public static Refusal of(ErrorReason reason, String message) {
    return new Refusal(reason, message, Duration.ZERO, Map.of());
  }

  /** A refusal that will pass. */
  public static Refusal passing(ErrorReason reason, String message, Duration retryAfter) {
    return new Refusal(reason, message, retryAfter, Map.of());
  }

  /** What somebody is told who comes while another is picking the image up. */
  static Refusal claimedByAnother() {
    return passing(
        ErrorReason.IMAGE_CLAIMED,
        "Somebody is picking this image up. If it was you, go on with your claim; otherwise try"
            + " again.",
        CLAIMED_RETRY);
  }

  /** A request whose {@code field} is wrong. */
  public static Refusal invalid(String field, String message) {
    return new Refusal(ErrorReason.INVALID_REQUEST, message, Duration.ZERO, Map.of("field", field));
  }
}
