package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/** What a user of a fleet does over HTTP. A location is the path of an image. */
public final class ImageClient implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** Asks for an image; the answer, whatever it is. */
  public HttpResponse<String> post(String gateway, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        to(gateway + "/v1/images")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    return http.send(request, BodyHandlers.ofString());
  }

  /** Asks for an image; its location. */
  public String create(String gateway, String body) throws IOException, InterruptedException {
    var answer = post(gateway, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return answer.headers().firstValue("Location").orElseThrow();
  }

  /** Picks an image up. */
  public HttpResponse<byte[]> content(String gateway, String location)
      throws IOException, InterruptedException {
    return http.send(to(gateway + location + "/content").build(), BodyHandlers.ofByteArray());
  }

  /**
   * Asks for an image that was picked up, as somebody else would. While it is not known whether its
   * claimant has received it, as long as a connection is kept, that is answered 409.
   */
  public HttpResponse<byte[]> contentAgain(String gateway, String location)
      throws IOException, InterruptedException {
    long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      HttpResponse<byte[]> answer = content(gateway, location);
      if (answer.statusCode() != 409 || System.nanoTime() > deadlineNanos) {
        return answer;
      }
      Thread.sleep(100);
    }
  }

  /** Begins to pick an image up. */
  HttpResponse<InputStream> beginContent(String gateway, String location)
      throws IOException, InterruptedException {
    return http.send(to(gateway + location + "/content").build(), BodyHandlers.ofInputStream());
  }

  /** What a gateway says of an image when it is made, or cannot be. */
  public JsonNode finished(String gateway, String location)
      throws IOException, InterruptedException {
    HttpRequest request = to(gateway + location).header("Prefer", "wait=60").build();
    return json(http.send(request, BodyHandlers.ofString()).body());
  }

  /** Any JSON by GET. */
  public JsonNode get(String url) throws IOException, InterruptedException {
    return json(http.send(to(url).build(), BodyHandlers.ofString()).body());
  }

  public int delete(String gateway, String location) throws IOException, InterruptedException {
    HttpRequest request = to(gateway + location).DELETE().build();
    return http.send(request, BodyHandlers.discarding()).statusCode();
  }

  private static HttpRequest.Builder to(String url) {
    return HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE);
  }

  public static JsonNode json(String text) throws JsonProcessingException {
    return JSON.readTree(text);
  }

  public static JsonNode json(byte[] text) throws IOException {
    return JSON.readTree(text);
  }

  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
