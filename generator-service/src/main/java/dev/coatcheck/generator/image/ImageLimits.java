package dev.coatcheck.generator.image;

import java.time.Duration;

/**
 * How long things may take in a store.
 *
 * @param linger how long a delivered image stays for its claimant's re-read
 * @param resumeWithin how long a broken pickup keeps an image alive beyond its time to live
 * @param rememberEnded how long a tombstone stays
 * @param stalled without progress for so long a stream has to give way to whoever has the key
 * @param dead without progress for so long a stream is cut
 */
public record ImageLimits(
    Duration linger,
    Duration resumeWithin,
    Duration rememberEnded,
    Duration stalled,
    Duration dead) {

  /** The contract's numbers. */
  public static final ImageLimits DEFAULT =
      new ImageLimits(
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          Duration.ofMinutes(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(60));

  /** The same, but for how long a delivered image stays. */
  public ImageLimits withLinger(Duration time) {
    return new ImageLimits(time, resumeWithin, rememberEnded, stalled, dead);
  }

  /** The same, but for how long a stream may be without progress. */
  public ImageLimits withDead(Duration time) {
    return new ImageLimits(linger, resumeWithin, rememberEnded, stalled, time);
  }
}
