package dev.coatcheck.cli.tails;

import dev.coatcheck.client.CoatcheckClient;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The project's own client, as a program: TARGET NAME FILE BYTES_PER_SECOND SECONDS_OPEN. */
final class JavaClient {

  private JavaClient() {}

  public static void main(String[] arguments) throws Exception {
    double bytesPerSecond = Double.parseDouble(arguments[3]);
    try (CoatcheckClient client = CoatcheckClient.connect(arguments[0]);
        InputStream in = client.resume(arguments[1]).stream();
        OutputStream out = Files.newOutputStream(Path.of(arguments[2]))) {
      byte[] piece = new byte[16384];
      long written = 0;
      long began = System.nanoTime();
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        out.write(piece, 0, n);
        written += n;
        long due = began + (long) (written / bytesPerSecond * 1e9);
        Thread.sleep(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
      }
      Thread.sleep(Duration.ofSeconds(Long.parseLong(arguments[4])));
    }
  }
}
