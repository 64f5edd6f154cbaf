package dev.coatcheck.client;

import java.time.Duration;

/**
 * Hears how a pickup goes, for a progress bar or a log. Every method may be left out.
 *
 * <p><b>Threading:</b> one call at a time, on a thread of the client: do not block there for long.
 */
public interface PickupListener {

  /**
   * The image has a name: from now on it can be picked up again whatever happens here.
   *
   * @param name {@code images/{key}}; secret
   */
  default void named(String name) {}

  /**
   * Bytes have come, and are right as far as their chunks tell.
   *
   * @param receivedBytes how many there are, with those of an earlier pickup that went on
   * @param sizeBytes how many there will be; 0 while nobody knows
   */
  default void progressed(long receivedBytes, long sizeBytes) {}

  /**
   * The way to the image broke; there will be another attempt.
   *
   * @param pause until then
   */
  default void interrupted(CoatcheckException why, Duration pause) {}
}
