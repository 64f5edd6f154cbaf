package dev.coatcheck.lambda.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HexFormat;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One run's push of one image, call by call: a PATCH for each part, then one POST that says what
 * the whole must be. What may go well another time is tried {@value #TRIES} times, with pauses that
 * double. The map function has the like of it, and is no library.
 *
 * <p><b>Threading:</b> any thread; each call blocks its own.
 */
final class Upload {

  private static final int TRIES = 6;
  private static final int MAX_PROBLEM_BYTES = 64 << 10;
  private static final int MAX_PART_BYTES = 32 << 20;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http;
  private final URI url;
  private final int partBytes;
  private final Faults faults;
  private final String writer = UUID.randomUUID().toString();

  private Upload(HttpClient http, URI url, int partBytes, Faults faults) {
    this.http = http;
    this.url = url;
    this.partBytes = partBytes;
    this.faults = faults;
  }

  /**
   * A push to where the event's {@code upload} says, under a name of its own.
   *
   * @throws FunctionFailed of type {@code InvalidEvent}
   */
  static Upload to(JsonNode upload, HttpClient http, Faults faults) throws FunctionFailed {
    String url = upload.path("url").asText();
    int partBytes = upload.path("partBytes").asInt();
    if (!url.matches("https?://[^/\\s]+/[A-Za-z0-9._~:/%-]*")
        || partBytes < 1
        || partBytes > MAX_PART_BYTES) {
      throw FunctionFailed.of(
          "InvalidEvent",
          "upload: no address (expected: url, token, and partBytes of at most %d)"
              .formatted(MAX_PART_BYTES));
    }
    return new Upload(http, URI.create(url), partBytes, faults);
  }

  int partBytes() {
    return partBytes;
  }

  /** Sends the first {@code length} of these bytes, the image's from {@code offset} on. */
  void sendPart(long offset, byte[] bytes, int length) throws FunctionFailed, InterruptedException {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    int spoilt = faults.wrongCrc() && offset == 0 ? 1 : 0;
    send(
        "the part at " + offset,
        HttpRequest.newBuilder(url)
            .header("Upload-Offset", Long.toString(offset))
            .header("Upload-Crc32c", HexFormat.of().toHexDigits((int) crc.getValue() ^ spoilt))
            .method("PATCH", BodyPublishers.ofByteArray(bytes, 0, length)));
  }

  /** Says that all parts were sent, and waits for the word that the image is complete. */
  void complete(long sizeBytes, String sha256) throws FunctionFailed, InterruptedException {
    long declared = faults.declareBytes() < 0 ? sizeBytes : faults.declareBytes();
    String end =
        JSON.createObjectNode().put("sizeBytes", declared).put("sha256", sha256).toString();
    send(
        "the end",
        HttpRequest.newBuilder(URI.create(url + ":complete"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(end)));
  }

  private void send(String what, HttpRequest.Builder call)
      throws FunctionFailed, InterruptedException {
    HttpRequest request = call.header("Upload-Writer", writer).timeout(ANSWER_TIMEOUT).build();
    Duration pause = FIRST_PAUSE;
    for (int tries = 1; ; tries++) {
      String trouble = trySend(what, request);
      if (trouble == null) {
        return;
      }
      if (tries == TRIES) {
        throw FunctionFailed.of("UploadFailed", what + ": " + trouble + " (" + TRIES + " times)");
      }
      Thread.sleep(pause);
      pause = pause.multipliedBy(2);
    }
  }

  /** Null if it was taken; else what went wrong that may go well another time. */
  private @Nullable String trySend(String what, HttpRequest request)
      throws FunctionFailed, InterruptedException {
    HttpResponse<String> answer;
    try {
      answer =
          http.send(request, BodyHandlers.limiting(BodyHandlers.ofString(), MAX_PROBLEM_BYTES));
    } catch (IOException e) {
      return e.toString();
    }
    if (answer.statusCode() / 100 == 2) {
      return null;
    }
    if (answer.statusCode() < 500) {
      throw FunctionFailed.of("UploadRefused", what + ": " + problem(answer));
    }
    return problem(answer);
  }

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
