package dev.coatcheck.gateway.relay;

/**
 * Whether a reader is slow: it takes bytes, but for some time not as many as a chunk has, so that
 * its generator sees nothing of it and would take it for stalled.
 *
 * <p><b>Threading:</b> written by any thread, asked by one.
 */
final class SlowReaderDetector {

  // state: any thread
  private volatile boolean wrote;
  private volatile boolean demanded;

  /** Some bytes went out. */
  void wrote() {
    wrote = true;
  }

  /** The generator was asked for one more chunk. */
  void demanded() {
    demanded = true;
  }

  /** True when bytes went out since this was asked last, and no chunk was asked for. */
  boolean isSlow() {
    boolean slow = wrote && !demanded;
    wrote = false;
    demanded = false;
    return slow;
  }
}
