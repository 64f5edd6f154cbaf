package dev.coatcheck.cli.hostile;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.coatcheck.cli.pickup.Copy;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * An image that was asked for over a new connection, and is picked up in one answer.
 *
 * <p><b>Threading:</b> one thread at a time.
 */
final class HttpDownload implements AutoCloseable {

  private static final int ACCEPTED = 202;
  private static final int OK = 200;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String gateway;
  private final Duration patience;
  private final Copy copy;

  // state
  private String location = "";

  private HttpDownload(String gateway, Copy copy, Duration patience) {
    this.gateway = gateway;
    this.copy = copy;
    this.patience = patience;
  }

  /**
   * Asks for an image.
   *
   * @param patience for an answer to begin
   * @throws IOException if it is refused
   */
  static HttpDownload order(
      String gateway, int sizeBytes, long seed, long bytesPerSecond, Duration patience)
      throws IOException, InterruptedException {
    HttpDownload download = new HttpDownload(gateway, new Copy(sizeBytes, seed), patience);
    try {
      download.create(sizeBytes, seed, bytesPerSecond);
      return download;
    } catch (IOException | InterruptedException e) {
      download.close();
      throw e;
    }
  }

  private void create(int sizeBytes, long seed, long bytesPerSecond)
      throws IOException, InterruptedException {
    String body =
        """
        {"spec": {"sizeBytes": %d, "seed": %d, "bytesPerSecond": %d}, "maxBytes": %d}
        """
            .formatted(sizeBytes, seed, bytesPerSecond, sizeBytes);
    HttpRequest request =
        to("/v1/images")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    require(ACCEPTED, answer.statusCode(), answer.body());
    location = answer.headers().firstValue("Location").orElseThrow();
  }

  /** What the function {@code bytes} is told. */
  static Struct spec(int sizeBytes, long seed, long bytesPerSecond) {
    return Struct.newBuilder()
        .putFields("sizeBytes", number(sizeBytes))
        .putFields("seed", number(seed))
        .putFields("bytesPerSecond", number(bytesPerSecond))
        .build();
  }

  private static Value number(long value) {
    return Value.newBuilder().setNumberValue((double) value).build();
  }

  /**
   * Picks it up.
   *
   * @throws IOException unless all of it has come, and it is what was asked for
   */
  void finish() throws IOException, InterruptedException {
    HttpResponse<InputStream> answer =
        http.send(to(location + "/content").build(), BodyHandlers.ofInputStream());
    byte[] piece = new byte[64 << 10];
    try (InputStream in = answer.body()) {
      require(OK, answer.statusCode(), "no content");
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        copy.take(piece, n);
      }
    }
    copy.ended();
    if (copy.isWrong()) {
      throw new IOException("other bytes than were made, or not all, after " + copy.held());
    }
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(gateway + path)).timeout(patience);
  }

  private static void require(int expected, int status, String body) throws IOException {
    if (status != expected) {
      throw new IOException(status + " (expected: " + expected + "): " + body);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
