package dev.coatcheck.cli.tails;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/**
 * A file that is written at a pace, and only up to a point.
 *
 * <p><b>Threading:</b> one thread.
 */
final class PacedFile implements Closeable {

  /** Tells a program in its environment after how many bytes it is to wait until it is killed. */
  static final String STOP_AT = "TAILS_STOP_AT";

  private static final int SLICE_BYTES = 4096;

  private final OutputStream out;
  private final long bytesPerSecond;
  private final long stopAt;

  // state
  private long written;

  /** Writes no more than {@code stopAt} bytes. */
  PacedFile(OutputStream out, long bytesPerSecond, long stopAt) {
    this.out = out;
    this.bytesPerSecond = bytesPerSecond;
    this.stopAt = stopAt;
  }

  /** Takes what comes until it ends; false when this stops before. */
  boolean take(InputStream in) throws IOException, InterruptedException {
    byte[] slice = new byte[SLICE_BYTES];
    long began = System.nanoTime();
    while (written < stopAt) {
      int read = in.read(slice, 0, (int) Math.min(SLICE_BYTES, stopAt - written));
      if (read < 0) {
        return true;
      }
      out.write(slice, 0, read);
      written += read;
      long due = began + (long) (1e9 * written / bytesPerSecond);
      Thread.sleep(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
