package dev.coatcheck.generator.image;

import java.time.Duration;

/**
 * How long things may take in a store.
 *
 * @param linger how long a delivered image stays for its claimant's re-read
 * @param resumeWithin how long a broken pickup keeps an image alive beyond its time to live
 * @param rememberEnded how long a tombstone stays
 */
public record ImageLimits(Duration linger, Duration resumeWithin, Duration rememberEnded) {

  /** The contract's numbers. */
  public static final ImageLimits DEFAULT =
      new ImageLimits(Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofMinutes(10));
}
