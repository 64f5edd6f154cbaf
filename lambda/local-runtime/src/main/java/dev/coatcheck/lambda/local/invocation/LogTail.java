package dev.coatcheck.lambda.local.invocation;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The last 4 KB of what a function writes to its log while one invocation runs, for {@code
 * LogType=Tail} (API reference, Invoke, X-Amz-Log-Result).
 *
 * <p><b>Threading:</b> any thread.
 */
public final class LogTail {

  public static final int KEPT_BYTES = 4096;

  // state, guarded by this
  private byte[] kept = new byte[0];

  public synchronized void add(String line) {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    int before = Math.min(kept.length, Math.max(0, KEPT_BYTES - bytes.length));
    int now = Math.min(bytes.length, KEPT_BYTES);
    byte[] tail = new byte[before + now];
    System.arraycopy(kept, kept.length - before, tail, 0, before);
    System.arraycopy(bytes, bytes.length - now, tail, before, now);
    kept = tail;
  }

  public synchronized String base64() {
    return Base64.getEncoder().encodeToString(kept);
  }
}
