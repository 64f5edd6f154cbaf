package dev.coatcheck.cli;

import dev.coatcheck.client.CoatcheckException;
import dev.coatcheck.client.PickupListener;
import java.time.Duration;

/**
 * How {@code get} tells what it does, to people or to scripts.
 *
 * <p><b>Threading:</b> any thread; each line is written whole.
 */
interface GetOutput extends PickupListener {

  /** The image's size has become known in another way than by its last byte. */
  default void size(long sizeBytes) {}

  /** The image is there, whole. */
  void done(long sizeBytes, String sha256, String file);

  /**
   * It is not.
   *
   * @param reason the contract's word, or empty
   * @param resume the command that goes on; empty where none would
   */
  void failed(int exitCode, String reason, String message, String resume);

  /** Says nothing but what went wrong. */
  static GetOutput quiet(Printer err) {
    return new GetOutput() {
      @Override
      public void done(long sizeBytes, String sha256, String file) {}

      @Override
      public void failed(int exitCode, String reason, String message, String resume) {
        tellFailure(err, message, resume);
      }
    };
  }

  /** For people. */
  static void tellFailure(Printer err, String message, String resume) {
    err.line("coatcheck: " + message);
    if (!resume.isEmpty()) {
      err.line("coatcheck: the image is still held for a while; go on by");
      err.line("  " + resume);
    }
  }

  /** For people. */
  static String interruption(CoatcheckException why, Duration pause) {
    return "%s; again in %.1f s".formatted(why.getMessage(), pause.toMillis() / 1000.0);
  }
}
