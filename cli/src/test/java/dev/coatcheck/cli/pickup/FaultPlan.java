package dev.coatcheck.cli.pickup;

import java.time.Duration;

/**
 * What happens to the response of one connection through a {@link FaultProxy}.
 *
 * @param fault what goes wrong, after {@code bytes} bytes have passed; of {@link Fault#FLIP}, with
 *     the next one
 * @param from where these are counted; from the end, the last so many never pass
 * @param delay before anything of the response passes
 * @param bytesPerSecond how fast it passes; 0 for as fast as it can
 */
record FaultPlan(Fault fault, From from, long bytes, Duration delay, long bytesPerSecond) {

  /** Nothing goes wrong. */
  static final FaultPlan CLEAN = of(Fault.NONE, From.START, 0);

  /** What goes wrong. */
  enum Fault {
    /** Nothing. */
    NONE,
    /** Both sides are told that the other one has closed. */
    CLOSE,
    /** Both sides are told by a reset. */
    RESET,
    /** The client is told; the server is not, and nothing is read from it any more. */
    VANISH,
    /** Nobody is told: both connections stay, and nothing is read from either. */
    SILENCE,
    /** The server is told that the client will send no more; its response goes on. */
    HALF_CLOSE,
    /** The byte's lowest bit is flipped; the response goes on. */
    FLIP;

    boolean isCut() {
      return this == CLOSE || this == RESET || this == VANISH || this == SILENCE;
    }
  }

  /** From where bytes are counted. */
  enum From {
    /** The response's first byte. */
    START,
    /** The first byte behind the response's head. */
    BODY,
    /** Backwards from its last byte, which is known by the end of the connection. */
    END
  }

  FaultPlan {
    if (from == From.END && !fault.isCut()) {
      throw new IllegalArgumentException(fault + " counted from the end (expected: a cut)");
    }
  }

  static FaultPlan of(Fault fault, From from, long bytes) {
    return new FaultPlan(fault, from, bytes, Duration.ZERO, 0);
  }

  FaultPlan trickling(long rate) {
    return new FaultPlan(fault, from, bytes, delay, rate);
  }

  FaultPlan delayed(Duration time) {
    return new FaultPlan(fault, from, bytes, time, bytesPerSecond);
  }
}
