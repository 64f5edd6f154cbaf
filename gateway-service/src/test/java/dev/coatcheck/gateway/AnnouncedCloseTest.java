package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A gateway that closes an HTTP/1 connection behind a response announces it there (RFC 9112, 9.6):
 * a proxy that keeps the connection would send the next client's request into its end.
 */
class AnnouncedCloseTest extends GatewayTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /healthz HTTP/0.9\r\nHost: a\r\n",
        "PUT /healthz HTTP/2.0\r\nHost: a\r\n",
        "GET /healthz HTTP/3.7\r\nHost: a\r\n",
        "GET /healthz\r\n",
        "G@T /healthz HTTP/1.1\r\nHost: a\r\n",
        "GET /healthz HTTP/1.1\r\n",
        "GET /healthz HTTP/1.1\r\nHost: a\r\nno colon\r\n",
        "GET /healthz HTTP/1.0\r\n",
        "GET /v1/images/none/content HTTP/1.0\r\n",
        "POST /v1/images HTTP/1.0\r\nContent-Length: 2\r\n",
        "POST /v1/images HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n",
      })
  void isAnnounced(String head) throws Exception {
    try (var client = new RawConnection(gateway.httpPort())) {
      String answer = client.send(head + "\r\n{}").head();
      client.readToEnd();

      assertThat(answer).containsPattern("(?i)\r\nconnection: close\r\n");
    }
  }
}
