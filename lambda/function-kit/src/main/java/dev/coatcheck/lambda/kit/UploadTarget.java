package dev.coatcheck.lambda.kit;

/**
 * The calls that upload one image.
 *
 * <p><b>Threading:</b> any thread; each call blocks its own.
 */
public interface UploadTarget {

  /** The size of every part but the last. */
  int partBytes();

  /** Sends the first {@code length} of these bytes, the image's from {@code offset} on. */
  void sendPart(long offset, byte[] bytes, int length) throws UploadFailure, InterruptedException;

  /** Announces the end of the image, and waits until the server confirms it as complete. */
  void complete(long sizeBytes, String sha256) throws UploadFailure, InterruptedException;
}
