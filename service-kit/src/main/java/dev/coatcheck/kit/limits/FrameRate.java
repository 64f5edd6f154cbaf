package dev.coatcheck.kit.limits;

import java.util.concurrent.TimeUnit;

/**
 * How many HTTP/2 frames that carry next to nothing (WINDOW_UPDATE, PING, SETTINGS, PRIORITY,
 * RST_STREAM, empty DATA) a connection may send: so many a second, and more with the data that it
 * receives or sends, since a reader gives its window back bit by bit. A limit by time alone was
 * rejected: clients of a fast download send thousands of WINDOW_UPDATE frames a second.
 *
 * <p>A token bucket. <b>Threading:</b> any thread.
 */
public final class FrameRate {

  /** Of data, for which one more frame is allowed. */
  private static final int BYTES_PER_FRAME = 1024;

  /** How many frames data may allow in advance, in seconds of the rate. */
  private static final int MAX_SAVED_SECONDS = 64;

  private final double framesPerSecond;
  private final double framesPerNano;

  // state, under this
  private double available;
  private long updatedNanos;

  /** A second's frames are available at {@code nowNanos}. */
  public FrameRate(int framesPerSecond, long nowNanos) {
    this.framesPerSecond = framesPerSecond;
    this.framesPerNano = (double) framesPerSecond / TimeUnit.SECONDS.toNanos(1);
    this.available = framesPerSecond;
    this.updatedNanos = nowNanos;
  }

  /** So many bytes of data were sent or received. */
  public synchronized void data(long bytes) {
    double frames = (double) bytes / BYTES_PER_FRAME;
    available = Math.min(available + frames, framesPerSecond * MAX_SAVED_SECONDS);
  }

  /** One frame was received; false if it was one too many. */
  public synchronized boolean tryFrame(long nowNanos) {
    double refilled = (nowNanos - updatedNanos) * framesPerNano;
    updatedNanos = nowNanos;
    if (available < framesPerSecond) {
      available = Math.min(available + refilled, framesPerSecond);
    }
    if (available < 1) {
      return false;
    }
    available--;
    return true;
  }
}
