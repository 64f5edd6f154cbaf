package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.v1.ErrorReason;
import io.grpc.Status.Code;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of other origins: those that are allowed see all they need, and the others nothing. */
final class CrossOriginTest extends GatewayTest {

  private static final String ALLOWED = "https://maps.example";
  private static final String OTHER = "https://maps.example.evil";

  @Override
  Set<String> corsOrigins() {
    return Set.of(ALLOWED, "http://localhost:3000");
  }

  private Answer raw(String head) throws Exception {
    try (var client = new RawConnection(gateway.httpPort())) {
      return Answer.read(client.send(head + "Host: gateway\r\n\r\n"));
    }
  }

  private Answer preflight(String origin, String method, String headers) throws Exception {
    return raw(
        "OPTIONS /v1/images HTTP/1.1\r\nOrigin: "
            + origin
            + "\r\nAccess-Control-Request-Method: "
            + method
            + "\r\nAccess-Control-Request-Headers: "
            + headers
            + "\r\n");
  }

  private static String[] words(Answer answer, String header) {
    return answer.headers().getOrDefault(header, "").toUpperCase(Locale.ROOT).split(",", -1);
  }

  @ParameterizedTest
  @CsvSource({
    "POST, 'content-type, idempotency-key, prefer'",
    "GET, 'if-match, if-range, last-event-id, range'",
    "HEAD, if-none-match",
    "DELETE, accept",
    "PATCH, 'upload-crc32c, upload-offset, upload-writer'"
  })
  void preflightOfAnAllowedOriginIsAnswered(String method, String headers) throws Exception {
    for (String origin : corsOrigins()) {
      Answer answer = preflight(origin, method, headers);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.headers())
          .containsEntry("access-control-allow-origin", origin)
          .containsEntry("access-control-max-age", "3600")
          .containsEntry("vary", "Origin")
          .doesNotContainKey("access-control-allow-credentials");
      assertThat(words(answer, "access-control-allow-methods")).contains(method);
      assertThat(words(answer, "access-control-allow-headers"))
          .contains(headers.toUpperCase(Locale.ROOT).split(", ", -1));
    }
    assertThat(generator.calls).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        OTHER,
        "http://maps.example",
        "https://maps.example:8443",
        "null",
        "https://mapsxexample"
      })
  void anotherOriginIsToldNothing(String origin) throws Exception {
    assertThat(preflight(origin, "POST", "content-type").headers())
        .doesNotContainKey("access-control-allow-origin")
        .containsEntry("vary", "Origin");
    assertThat(raw("GET /healthz HTTP/1.1\r\nOrigin: " + origin + "\r\n").headers())
        .doesNotContainKey("access-control-allow-origin")
        .containsEntry("vary", "Origin");
  }

  /** The bytes, and what is needed to check them and to go on. */
  @Test
  void anImageIsSeenByAPageOfAnAllowedOrigin() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1_000_000));

    var answer = get(contentOf(image), "Origin", ALLOWED);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(image.bytes);
    var headers = answer.headers();
    assertThat(headers.firstValue("access-control-allow-origin")).hasValue(ALLOWED);
    assertThat(headers.firstValue("access-control-expose-headers").orElse("").split(",", -1))
        .contains(
            "ETag",
            "Location",
            "Content-Location",
            "Content-Range",
            "Accept-Ranges",
            "Repr-Digest",
            "Retry-After",
            "Content-Disposition",
            "Content-Length");
    assertThat(headers.firstValue("etag")).hasValue("\"proof\"");
  }

  @Test
  void errorsAreSeenAsWell() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    generator.refusal = Refusals.withRetry(Code.ABORTED, ErrorReason.IMAGE_CLAIMED, 2000);

    var claimed = get(contentOf(image), "Origin", ALLOWED);
    var unknown = get(uri("/nowhere"), "Origin", ALLOWED);

    assertThat(claimed.statusCode()).isEqualTo(409);
    assertThat(unknown.statusCode()).isEqualTo(404);
    for (var answer : List.of(claimed, unknown)) {
      assertThat(answer.headers().firstValue("access-control-allow-origin")).hasValue(ALLOWED);
    }
  }

  /** CORS does not look at them, so the gateway does. */
  @ParameterizedTest
  @CsvSource({
    "https://maps.example, 101",
    "http://gateway,       101",
    "https://gateway,      101",
    "https://other,        403",
    "http://gateway:81,    403",
    "null,                 403"
  })
  void socketsAreForTheSameOrigins(String origin, int status) throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));

    Answer answer =
        raw(
            "GET /v1/"
                + image.name
                + "/socket HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                + "Origin: "
                + origin
                + "\r\n");

    assertThat(answer.status()).isEqualTo(status);
    if (status == 403) {
      assertThat(answer.text()).contains("INVALID_REQUEST");
      assertThat(generator.calls).hasValue(0);
    }
  }
}
