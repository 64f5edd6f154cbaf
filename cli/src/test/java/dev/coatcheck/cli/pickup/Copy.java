package dev.coatcheck.cli.pickup;

import dev.coatcheck.lambda.local.bytes.BytesFunction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What one client has of an image: its first bytes, one after the other, each compared at once with
 * what it must be.
 *
 * <p><b>Threading:</b> one thread at a time.
 */
public final class Copy implements Download.Body {

  private final long sizeBytes;
  private final long seed;

  private long held;
  private boolean wrong;

  public Copy(long sizeBytes, long seed) {
    this.sizeBytes = sizeBytes;
    this.seed = seed;
  }

  @Override
  public void take(byte[] bytes, int length) {
    byte[] expected = new byte[length];
    BytesFunction.fill(ByteBuffer.wrap(expected), seed, held);
    wrong |= held + length > sizeBytes || !Arrays.equals(bytes, 0, length, expected, 0, length);
    held += length;
  }

  /** Reads what is left of a download, and takes its end for the image's. */
  public void finishFrom(Download download) throws IOException {
    download.read(this);
    ended();
  }

  /** Throws away what there is. */
  public void startOver() {
    held = 0;
  }

  /** How many bytes there are. */
  public long held() {
    return held;
  }

  public boolean isWhole() {
    return held == sizeBytes;
  }

  /** The body is said to be over: if that is not so, nobody would notice. */
  public void ended() {
    wrong |= !isWhole();
  }

  /** True when a byte was another one than it had to be, or an end was none. */
  public boolean isWrong() {
    return wrong;
  }
}
