package dev.coatcheck.cli.tails;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What became of an image.
 *
 * @param heldBytes what the client had of it in the end
 * @param gone how long after a clean end others were answered 410
 * @param note what happened after the client's end
 */
record Outcome(Plan plan, Fate fate, long heldBytes, Optional<Duration> gone, String note) {

  /** What became of it. */
  enum Fate {
    /** All of it is there, once. */
    WHOLE,
    /** Something is missing, and cannot be had any more. */
    LOST,
    /**
     * The same, but the client's process had taken all of it, from a kernel that has acknowledged
     * it: what is missing was in its memory when it was killed.
     */
    TAKEN,
    /** A byte is another one. */
    CORRUPTED,
    /** A stranger was given it after a clean end. */
    TWICE,
    /** The client did not do what it is there for, or a stranger got no answer for good. */
    FAILED
  }

  /** True when the client was to be broken off and had all of it by then: nothing could be lost. */
  boolean hadAll() {
    return !plan.end().isClean() && fate != Fate.FAILED && heldBytes >= plan.sizeBytes();
  }

  /** True when the client was broken off with something missing. */
  boolean isBroken() {
    return !plan.end().isClean() && fate != Fate.FAILED && heldBytes < plan.sizeBytes();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "round %d: %s (%s), %d bytes at %d bytes/s, %s: had %d (%.1f %%)%s; %s",
        plan.number(),
        plan.client().name(),
        plan.client().protocol(),
        plan.sizeBytes(),
        plan.bytesPerSecond(),
        aim(),
        heldBytes,
        percent(heldBytes),
        hadAll() ? ", all" : "",
        note);
  }

  private String aim() {
    return switch (plan.end()) {
      case KILLED -> "killed at " + share(plan.endAtBytes());
      case CUT_OFF ->
          "cut off at %s and killed at %s or %d ms later"
              .formatted(share(plan.cutAtBytes()), share(plan.endAtBytes()), plan.silentMillis());
      case CLEAN, KEPT -> plan.end().words;
    };
  }

  private String share(long bytes) {
    return String.format(Locale.ROOT, "%.1f %%", percent(bytes));
  }

  private double percent(long bytes) {
    return 100.0 * bytes / plan.sizeBytes();
  }
}
