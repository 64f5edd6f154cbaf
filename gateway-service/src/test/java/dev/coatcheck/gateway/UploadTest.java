package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;

/** What a test of uploads needs beside a gateway and a generator: a token, and parts. */
abstract class UploadTest extends GatewayTest {

  static final String WRITER = "Run_1-a";
  static final int MAX_PART = 16 << 20;

  String token;

  @BeforeEach
  void startUpload() {
    token = generator.uploadToken(Instant.now().plusSeconds(600));
  }

  static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  /** A request with a part, in need of nothing but its body. */
  final HttpRequest.Builder part(String uploadToken, long offset, HttpRequest.BodyPublisher body) {
    return request(
            uri("/v1/uploads/" + uploadToken),
            "Upload-Offset",
            Long.toString(offset),
            "Upload-Writer",
            WRITER)
        .method("PATCH", body);
  }

  final HttpRequest.Builder part(long offset, byte[] body) {
    return part(token, offset, BodyPublishers.ofByteArray(body));
  }

  /** The head of such a request over HTTP/1.1. */
  final String partHead(long sizeBytes) {
    return "PATCH /v1/uploads/%s HTTP/1.1\r\nHost: gateway\r\nUpload-Offset: 0\r\nUpload-Writer: %s\r\nContent-Length: %d\r\n\r\n"
        .formatted(token, WRITER, sizeBytes);
  }

  static void assertProblem(HttpResponse<byte[]> response, int status, String reason)
      throws Exception {
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(response.headers().firstValue("cache-control")).hasValue("no-store");
    assertThat(response.headers().firstValue("referrer-policy")).hasValue("no-referrer");
    assertThat(json(response).get("reason").asText()).isEqualTo(reason);
  }
}
