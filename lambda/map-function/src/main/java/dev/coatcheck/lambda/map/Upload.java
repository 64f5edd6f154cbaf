package dev.coatcheck.lambda.map;

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
 * One run's push of one image, call by call: a PATCH for each part, then one POST that says what
 * the whole must be. A server that cannot be reached, or answers 5xx, is tried again {@value
 * #TRIES} times in all, with pauses that double; a part that is sent twice is written once.
 *
 * <p>The JDK's older HTTP client, which {@link RuntimeApi} uses, knows no PATCH.
 *
 * <p><b>Threading:</b> any thread; each call blocks its own.
 */
final class Upload {

  static final int TRIES = 6;

  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);
  private static final int MAX_PROBLEM_BYTES = 64 * 1024;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http;
  private final UploadAddress address;
  private final String writer;
  private final Duration firstPause;

  /**
   * A push that has not begun.
   *
   * @param writer names this run, at random, so that two runs never mix: 1 to 64 of {@code
   *     [A-Za-z0-9_-]}
   * @param firstPause before the second try
   */
  Upload(HttpClient http, UploadAddress address, String writer, Duration firstPause) {
    this.http = http;
    this.address = address;
    this.writer = writer;
    this.firstPause = firstPause;
  }

  int partBytes() {
    return address.partBytes();
  }

  /** Sends the first {@code length} of these bytes, the image's from {@code offset} on. */
  void sendPart(long offset, byte[] bytes, int length) throws UploadFailure, InterruptedException {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    HttpRequest request =
        HttpRequest.newBuilder(address.url())
            .timeout(ANSWER_TIMEOUT)
            .header("Upload-Offset", Long.toString(offset))
            .header("Upload-Writer", writer)
            .header("Upload-Crc32c", HexFormat.of().toHexDigits((int) crc.getValue()))
            .method("PATCH", BodyPublishers.ofByteArray(bytes, 0, length))
            .build();
    send("the part at " + offset, request);
  }

  /** Says that all parts were sent, and waits for the word that the image is complete. */
  void complete(long sizeBytes, String sha256) throws UploadFailure, InterruptedException {
    String body =
        JSON.createObjectNode().put("sizeBytes", sizeBytes).put("sha256", sha256).toString();
    HttpRequest request =
        HttpRequest.newBuilder(address.completeUrl())
            .timeout(ANSWER_TIMEOUT)
            .header("Content-Type", "application/json")
            .header("Upload-Writer", writer)
            .POST(BodyPublishers.ofString(body))
            .build();
    send("the end", request);
  }

  private void send(String what, HttpRequest request) throws UploadFailure, InterruptedException {
    Duration pause = firstPause;
    for (int tries = 1; ; tries++) {
      String trouble = trySend(what, request);
      if (trouble == null) {
        return;
      }
      if (tries == TRIES) {
        throw UploadFailure.failed(what + ": " + trouble + " (" + TRIES + " times)");
      }
      Thread.sleep(pause);
      pause = pause.multipliedBy(2);
    }
  }

  /** Null if it was taken; else what went wrong that may go well another time. */
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
