package dev.coatcheck.lambda.kit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP calls that upload one image: a PATCH for each part, then one POST with the size and
 * SHA-256 of the whole. If the server cannot be reached or answers 5xx, a call is attempted {@value
 * #MAX_ATTEMPTS} times in all, with exponential backoff; a part that is sent twice is written once.
 *
 * <p><b>Threading:</b> any thread; each call blocks its own.
 */
public final class Upload implements UploadTarget {

  public static final int MAX_ATTEMPTS = 6;

  private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(30);
  private static final int MAX_PROBLEM_BYTES = 64 * 1024;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http;
  private final UploadAddress address;
  private final String writer;
  private final Duration initialBackoff;

  /**
   * An upload that has not begun.
   *
   * @param writer names this run, at random, so that two runs never mix: 1 to 64 of {@code
   *     [A-Za-z0-9_-]}
   * @param initialBackoff before the second attempt
   */
  public Upload(HttpClient http, UploadAddress address, String writer, Duration initialBackoff) {
    this.http = http;
    this.address = address;
    this.writer = writer;
    this.initialBackoff = initialBackoff;
  }

  @Override
  public int partBytes() {
    return address.partBytes();
  }

  /** The checksum of the first {@code length} of these bytes. */
  public static int crc32c(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  @Override
  public void sendPart(long offset, byte[] bytes, int length)
      throws UploadFailure, InterruptedException {
    sendPart(offset, bytes, length, crc32c(bytes, length));
  }

  /** Sends a part with a checksum that the caller computed. */
  public void sendPart(long offset, byte[] bytes, int length, int crc32c)
      throws UploadFailure, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address.url())
            .timeout(RESPONSE_TIMEOUT)
            .header("Upload-Offset", Long.toString(offset))
            .header("Upload-Writer", writer)
            .header("Upload-Crc32c", HexFormat.of().toHexDigits(crc32c))
            .method("PATCH", BodyPublishers.ofByteArray(bytes, 0, length))
            .build();
    send("the part at " + offset, request);
  }

  @Override
  public void complete(long sizeBytes, String sha256) throws UploadFailure, InterruptedException {
    String body =
        JSON.createObjectNode().put("sizeBytes", sizeBytes).put("sha256", sha256).toString();
    HttpRequest request =
        HttpRequest.newBuilder(address.completeUrl())
            .timeout(RESPONSE_TIMEOUT)
            .header("Content-Type", "application/json")
            .header("Upload-Writer", writer)
            .POST(BodyPublishers.ofString(body))
            .build();
    send("the end", request);
  }

  private void send(String what, HttpRequest request) throws UploadFailure, InterruptedException {
    Duration backoff = initialBackoff;
    for (int attempt = 1; ; attempt++) {
      String failure = trySend(what, request);
      if (failure == null) {
        return;
      }
      if (attempt == MAX_ATTEMPTS) {
        throw UploadFailure.failed(what + ": " + failure + " (" + MAX_ATTEMPTS + " times)");
      }
      Thread.sleep(backoff);
      backoff = backoff.multipliedBy(2);
    }
  }

  /** Null if the call was accepted; else the failure, which may be temporary. */
  private @Nullable String trySend(String what, HttpRequest request)
      throws UploadFailure, InterruptedException {
    HttpResponse<String> answer;
    try {
      answer =
          http.send(request, BodyHandlers.limiting(BodyHandlers.ofString(), MAX_PROBLEM_BYTES));
    } catch (IOException e) {
      return e.toString();
    }
    int status = answer.statusCode();
    if (status >= 200 && status < 300) {
      return null;
    }
    if (status < 500) {
      throw UploadFailure.refused(what + ": " + problem(answer));
    }
    return problem(answer);
  }

  /** {@code 409 ATTEMPT_SUPERSEDED, another run has begun to write}. */
  private static String problem(HttpResponse<String> answer) {
    try {
      JsonNode problem = JSON.readTree(answer.body());
      return "%d %s, %s"
          .formatted(
              answer.statusCode(),
              problem.path("reason").asText("with no reason"),
              problem.path("detail").asText("with no detail"));
    } catch (JsonProcessingException e) {
      return answer.statusCode() + " with no problem in it";
    }
  }
}
