package dev.coatcheck.cli.tails;

import dev.coatcheck.client.CoatcheckClient;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;

/** The project's own client, as a program: TARGET NAME FILE BYTES_PER_SECOND SECONDS_OPEN. */
final class JavaClient {

  private JavaClient() {}

  public static void main(String[] arguments) throws Exception {
    String stop = System.getenv(PacedFile.STOP_AT);
    long stopAt = stop == null ? Long.MAX_VALUE : Long.parseLong(stop);
    long bytesPerSecond = Long.parseLong(arguments[3]);
    try (CoatcheckClient client = CoatcheckClient.connect(arguments[0]);
        InputStream in = client.resume(arguments[1]).stream();
        PacedFile file =
            new PacedFile(
                new FileOutputStream(Path.of(arguments[2]).toFile()), bytesPerSecond, stopAt)) {
      if (!file.take(in)) {
        Thread.sleep(Duration.ofDays(1)); // until it is killed
      }
      Thread.sleep(Duration.ofSeconds(Long.parseLong(arguments[4])));
    }
  }
}
