package dev.coatcheck.generator.image;

import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.v1.ErrorReason;
import java.time.Duration;
import java.util.Map;

/**
 * Why a request was not met, in the contract's words. The message is clipped here, whatever of it
 * came from a caller or a function, since all errors are refusals before they go anywhere.
 *
 * @param reason the stable word
 * @param message what was wrong, and what to do, for people
 * @param retryAfter when to come again; zero when that would not help
 * @param metadata what the caller's program may want to know
 */
public record Refusal(
    ErrorReason reason, String message, Duration retryAfter, Map<String, String> metadata) {

  private static final Duration CLAIMED_RETRY = Duration.ofSeconds(2);
  private static final Duration MOVING_RETRY = Duration.ofSeconds(1);

  public Refusal {
    message = UntrustedText.message(message);
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

  /** What somebody is told whose stream was cut, or who had to wait too long, because of a move. */
  static Refusal moving() {
    return passing(
        ErrorReason.GENERATOR_UNAVAILABLE,
        "This image is being handed over to another generator. Try again.",
        MOVING_RETRY);
  }

  /** What somebody is told who asks for what {@code peer} holds now. */
  static Refusal moved(String peer) {
    return new Refusal(
        ErrorReason.IMAGE_MOVED,
        "Another generator holds this image now.",
        Duration.ZERO,
        Map.of("peer", peer));
  }

  /** What somebody is told whose proof is not the present claimant's, and had to be. */
  static Refusal mismatch() {
    return of(
        ErrorReason.ETAG_MISMATCH,
        "The claim is not that of whoever is picking this image up now.");
  }

  /** What somebody is told who wants nothing if {@code proof} is the present claimant's. */
  static Refusal match(String proof) {
    return new Refusal(
        ErrorReason.ETAG_MATCH,
        "The claim is that of whoever is picking this image up now.",
        Duration.ZERO,
        Map.of("claim", proof));
  }

  /** What somebody is told who wants what an image of {@code sizeBytes} does not have. */
  static Refusal pastEnd(long sizeBytes) {
    return new Refusal(
        ErrorReason.RANGE_PAST_END,
        "The range begins behind the image's last byte: it has " + sizeBytes + " bytes.",
        Duration.ZERO,
        Map.of("size_bytes", Long.toString(sizeBytes)));
  }

  /**
   * A request whose {@code field} is wrong.
   *
   * @param was what it is; a text from outside is {@linkplain UntrustedText#quote quoted}
   */
  public static Refusal invalid(String field, String was, String expected) {
    return invalid(field, field + ": " + was + " (expected: " + expected + ")");
  }

  /** A request whose {@code field} is wrong. */
  public static Refusal invalid(String field, String message) {
    return new Refusal(ErrorReason.INVALID_REQUEST, message, Duration.ZERO, Map.of("field", field));
  }
}
