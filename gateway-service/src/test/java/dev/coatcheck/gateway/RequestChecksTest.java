package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.gateway.http.AllowedHosts;
import dev.coatcheck.kit.limits.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that a proxy before the gateway may understand differently. */
final class RequestChecksTest extends GatewayTest {

  @Override
  AllowedHosts allowedHosts() {
    return AllowedHosts.parse("maps.example");
  }

  private static String lines(String... lines) {
    return String.join("\r\n", lines);
  }

  private Answer answer(String request) throws Exception {
    try (var connection = new RawConnection(gateway.httpPort())) {
      return Answer.read(connection.send(request));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "evil.example, 421",
    "evil.example:80, 421",
    "127.0.0.1.evil.example, 421",
    "localhost.evil.example, 421",
    "maps.example, 200",
    "MAPS.example.:8080, 200",
    "localhost, 200",
    "localhost:8080, 200",
    "127.0.0.1:8080, 200",
    "10.1.2.3, 200",
    "[::1]:8080, 200"
  })
  void hostsAreThoseThatAreAllowed(String host, int status) throws Exception {
    assertThat(answer("GET /healthz HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status())
        .isEqualTo(status);
    assertThat(gateway.httpRefusals().total(Refusal.HOST)).isEqualTo(status == 421 ? 1 : 0);
  }

  /** As a page sends it that has its own name resolve to the gateway. */
  @Test
  void requestForAnotherHostCallsNoFunction() throws Exception {
    Answer refused =
        answer(
            lines(
                "POST /v1/images HTTP/1.1",
                "Host: evil.example",
                "Origin: http://evil.example",
                "Content-Type: application/json",
                "Content-Length: 2",
                "",
                "{}"));

    assertThat(refused.status()).isEqualTo(421);
    assertThat(refused.mediaType()).isEqualTo("application/problem+json");
    assertThat(generator.creates).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/page/../healthz",
        "/page/%2e%2e/healthz",
        "/./healthz",
        "/healthz/.",
        "/healthz;x=y",
        "/;/healthz",
        "//healthz",
        "/page//healthz",
        "/page%2f..%2fhealthz",
        "/page\\..\\healthz",
        "/health%7a%00",
        "/%252e/healthz",
        "ftp://localhost/healthz",
        "file:///healthz"
      })
  void ambiguousTargetsAre400(String target) throws Exception {
    assertThat(answer("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n").status())
        .isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/healthz",
        "/healthz?a=../b;c//d",
        "/health%7a",
        "http://localhost/healthz",
        "HTTP://localhost/healthz"
      })
  void otherTargetsAreServed(String target) throws Exception {
    assertThat(answer("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n").status())
        .isEqualTo(200);
  }

  /** RFC 9112, 3.2.2: whatever {@code Host} says. */
  @ParameterizedTest
  @CsvSource({
    "http://maps.example/healthz, evil.example, 200",
    "http://maps.example:81/healthz, maps.example, 200",
    "http://MAPS.example/healthz, maps.example, 200",
    "http://localhost/healthz, other.example, 200",
    "http://evil.example/healthz, maps.example, 421",
    "http://evil.example/healthz, localhost, 421"
  })
  void absoluteTargetWinsOverHost(String target, String host, int status) throws Exception {
    assertThat(answer("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status())
        .isEqualTo(status);
  }

  /** So does its host for the origin of a page. */
  @ParameterizedTest
  @CsvSource({"http://maps.example, 101", "http://localhost, 403"})
  void originOfASocketIsThatOfTheAbsoluteTarget(String origin, int status) throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));

    assertThat(
            answer(
                    lines(
                        "GET http://maps.example/v1/" + image.name + "/socket HTTP/1.1",
                        "Host: localhost",
                        "Origin: " + origin,
                        "Upgrade: websocket",
                        "Connection: Upgrade",
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
                        "",
                        ""))
                .status())
        .isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gzip, chunked",
        "identity, chunked",
        "chunked, chunked",
        "identity",
        "gzip",
        "x\r\nTransfer-Encoding: chunked"
      })
  void transferCodingsButChunkedAreNotServed(String coding) throws Exception {
    try (var connection = new RawConnection(gateway.httpPort())) {
      Answer refused =
          Answer.read(
              connection.send(
                  lines(
                      "POST /v1/images HTTP/1.1",
                      "Host: localhost",
                      "Content-Type: application/json",
                      "Transfer-Encoding: " + coding,
                      "",
                      "2",
                      "{}",
                      "0",
                      "",
                      "GET /healthz HTTP/1.1",
                      "Host: localhost",
                      "",
                      "")));

      assertThat(refused.status()).isIn(400, 501);
      assertThat(connection.readToEnd()).isEmpty();
      assertThat(generator.creates).isEmpty();
    }
  }

  @Test
  void severalTransferCodingsAreNotImplemented() throws Exception {
    assertThat(
            answer(
                    lines(
                        "POST /v1/images HTTP/1.1",
                        "Host: localhost",
                        "Transfer-Encoding: gzip, chunked",
                        "",
                        "0",
                        "",
                        ""))
                .status())
        .isEqualTo(501);
  }

  /** RFC 9112, 6.1. */
  @Test
  void connectionOfHttp10WithTransferCodingEnds() throws Exception {
    try (var connection = new RawConnection(gateway.httpPort())) {
      Answer answer =
          Answer.read(
              connection.send(
                  lines(
                      "POST /v1/images HTTP/1.0",
                      "Host: localhost",
                      "Connection: keep-alive",
                      "Content-Type: application/json",
                      "Transfer-Encoding: chunked",
                      "",
                      "2",
                      "{}",
                      "0",
                      "",
                      "GET /healthz HTTP/1.1",
                      "Host: localhost",
                      "",
                      "")));

      assertThat(answer.headers().getOrDefault("connection", "close")).isEqualTo("close");
      assertThat(connection.readToEnd()).isEmpty();
    }
  }

  /** What goes through such a tunnel is seen by no proxy. */
  @Test
  void upgradeToHttp2IsNotOffered() throws Exception {
    Answer answer =
        answer(
            lines(
                "GET /healthz HTTP/1.1",
                "Host: localhost",
                "Connection: Upgrade, HTTP2-Settings",
                "Upgrade: h2c",
                "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
                "",
                ""));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers()).doesNotContainKey("upgrade");
  }
}
