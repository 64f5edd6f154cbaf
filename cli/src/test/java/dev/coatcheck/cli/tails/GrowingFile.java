package dev.coatcheck.cli.tails;

import dev.coatcheck.cli.pickup.Copy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The file that a client writes what it receives to.
 *
 * <p><b>Threading:</b> one thread, beside the client.
 */
final class GrowingFile {

  private static final Duration POLL_INTERVAL = Duration.ofNanos(500_000);
  private static final int PIECE_BYTES = 1 << 16;

  private final Path path;

  GrowingFile(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  /** How much is in it. */
  long bytes() {
    return path.toFile().length(); // 0 when there is none
  }

  /**
   * Waits until it has so much, or the client has ended, or the time is over; true for the first.
   */
  boolean awaitBytes(Process client, long bytes, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (bytes() < bytes) {
      if (!client.isAlive() || System.nanoTime() > deadline) {
        return bytes() >= bytes;
      }
      LockSupport.parkNanos(POLL_INTERVAL.toNanos());
    }
    return true;
  }

  /** What is in it, compared with the image of that seed. */
  Copy copy(long sizeBytes, long seed) throws IOException {
    Copy copy = new Copy(sizeBytes, seed);
    if (!Files.exists(path)) {
      return copy;
    }
    byte[] piece = new byte[PIECE_BYTES];
    try (InputStream in = Files.newInputStream(path)) {
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        copy.take(piece, n);
      }
    }
    return copy;
  }

  void delete() throws IOException {
    Files.deleteIfExists(path);
    Files.deleteIfExists(path.resolveSibling(path.getFileName() + ".aria2"));
  }
}
