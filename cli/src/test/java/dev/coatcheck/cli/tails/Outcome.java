package dev.coatcheck.cli.tails;

import java.time.Duration;
import java.util.Optional;

/**
 * What became of an image.
 *
 * @param heldBytes what the client had of it in the end
 * @param gone how long after a clean end others were told that it was delivered
 */
record Outcome(Plan plan, Fate fate, long heldBytes, Optional<Duration> gone, String note) {

  /** What became of it. */
  enum Fate {
    /** All of it is there, once. */
    WHOLE,
    /** Something is missing, and cannot be had any more. */
    LOST,
    /** A byte is another one. */
    CORRUPTED,
    /** A stranger was given it after a clean end. */
    TWICE,
    /** The client did not do what it is there for, or a stranger got no answer for good. */
    FAILED
  }

  /** True when the client was broken off with all of it in its file: there was nothing to lose. */
  boolean hadNothingToLose() {
    return !plan.end().isClean() && heldBytes == plan.sizeBytes();
  }

  @Override
  public String toString() {
    return "%s: round %d, %s, %s, with %d of %d bytes (%.1f %%), at %d bytes/s: %s"
        .formatted(
            fate,
            plan.number(),
            plan.client().name(),
            plan.end().words,
            heldBytes,
            plan.sizeBytes(),
            100.0 * heldBytes / plan.sizeBytes(),
            plan.bytesPerSecond(),
            note);
  }
}
