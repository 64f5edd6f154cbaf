package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coatcheck.gateway.http.AllowedHosts;
import dev.coatcheck.gateway.http.HttpLimits;
import dev.coatcheck.kit.limits.AddressRange;
import dev.coatcheck.kit.limits.PortSettings;
import dev.coatcheck.kit.limits.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a proxy says of a request is taken from those alone that are trusted. */
final class TrustedProxiesTest extends GatewayTest {

  private static final String PROXY = "127.0.0.9";
  private static final String SOMEBODY = "127.0.0.2";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<RawConnection> connections = new ArrayList<>();

  @Override
  AllowedHosts allowedHosts() {
    return AllowedHosts.parse("maps.test,gateway");
  }

  @Override
  HttpLimits httpLimits() {
    PortSettings usual = PortSettings.PUBLIC_DEFAULTS;
    return HttpLimits.of(
        new PortSettings(
            usual.connections(),
            usual.connectionsPerAddress(),
            AddressRange.parseAll("127.0.0.8/31, 10.0.0.0/8, fd00::/8"),
            usual.streams(),
            usual.calls(),
            usual.bodyTimeout(),
            usual.http2Events()),
        3,
        Duration.ofSeconds(10),
        Duration.ofSeconds(75),
        1024);
  }

  @AfterEach
  void closeAll() throws IOException {
    for (RawConnection connection : connections) {
      connection.close();
    }
  }

  private RawConnection connect(String from) throws IOException {
    var connection = new RawConnection(gateway.httpPort(), 64 << 10, from);
    connections.add(connection);
    return connection;
  }

  private Answer ask(String from, String method, String path, String... fields) throws Exception {
    var request = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
    for (String field : fields) {
      request.append(field).append("\r\n");
    }
    return Answer.read(connect(from).send(request + "\r\n"));
  }

  private Answer create(String from, String field) throws Exception {
    String body = "{\"spec\": {}}";
    return Answer.read(
        connect(from)
            .send(
                String.join(
                    "\r\n",
                    "POST /v1/images HTTP/1.1",
                    "Host: gateway",
                    field,
                    "Content-Type: application/json",
                    "Content-Length: " + body.length(),
                    "",
                    body)));
  }

  private Answer handshake(String from, String origin, String... fields) throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    List<String> all = new ArrayList<>(List.of(fields));
    all.add("Upgrade: websocket");
    all.add("Connection: Upgrade");
    all.add("Sec-WebSocket-Version: 13");
    all.add("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==");
    all.add("Origin: " + origin);
    return ask(from, "GET", "/v1/" + image.name + "/socket", all.toArray(String[]::new));
  }

  /** As nginx calls it, which sends the name of its upstream where it is told no other. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://maps.test      | X-Forwarded-Host: maps.test; X-Forwarded-Proto: https",
        "https://maps.test      | X-Forwarded-Host: maps.test; X-Forwarded-Proto: wss",
        "https://maps.test      | X-Forwarded-Host: maps.test:443",
        "http://maps.test       | X-Forwarded-Host: maps.test; X-Forwarded-Proto: http",
        "https://maps.test:8443 | X-Forwarded-Host: maps.test:8443; X-Forwarded-Proto: https",
        "https://maps.test:8443 | X-Forwarded-Host: maps.test; X-Forwarded-Port: 8443",
        "https://gateway:8443   | X-Forwarded-Proto: https; X-Forwarded-Port: 8443",
        "https://maps.test      | X-Forwarded-Host: evil.test, maps.test",
        "https://maps.test      | Forwarded: for=1.2.3.4;host=maps.test;proto=https",
        "https://maps.test:8443 | Forwarded: host=\"maps.test:8443\";proto=https",
        "https://maps.test      | Forwarded: host=evil.test, for=1.2.3.4;host=maps.test",
        "https://maps.test | Forwarded: for=1.2.3.4;host=maps.test, for=10.1.1.1;host=inner.test",
        "https://maps.test | Forwarded: for=1.2.3.4;host=maps.test, for=\"[fd00::1]\";proto=http",
        "https://maps.test | X-Forwarded-Host: maps.test, in.test; X-Forwarded-For: 1.2.3.4, 10.0.0.1"
      })
  void socketOfThePageIsOfTheSameOriginAsTheProxySays(String origin, String fields)
      throws Exception {
    String[] all = ("Host: gateway; " + fields).split("; ", -1);

    assertThat(handshake(PROXY, origin, all).status()).isEqualTo(101);
    assertThat(handshake(PROXY, "https://evil.test", all).status()).isEqualTo(403);
    assertThat(handshake(SOMEBODY, origin, all).status()).isEqualTo(403);
  }

  @Test
  void schemeThatAProxySaysIsPartOfTheOrigin() throws Exception {
    assertThat(
            handshake(PROXY, "http://maps.test", "Host: maps.test", "X-Forwarded-Proto: https")
                .status())
        .isEqualTo(403);
    assertThat(
            handshake(SOMEBODY, "http://maps.test", "Host: maps.test", "X-Forwarded-Proto: https")
                .status())
        .isEqualTo(101);
  }

  @Test
  void refusalSaysWhatAProxyHasToSay() throws Exception {
    Answer refused = handshake(SOMEBODY, "https://maps.test", "Host: gateway:8080");

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text())
        .contains("'https://maps.test'", "'gateway:8080'", "Host", "COATCHECK_TRUSTED_PROXIES");
  }

  @ParameterizedTest
  @CsvSource({
    PROXY + ", images, maps.test, 200",
    PROXY + ", maps.test, images, 421",
    SOMEBODY + ", images, maps.test, 421",
    SOMEBODY + ", maps.test, images, 200"
  })
  void hostsThatAreAllowedAreThoseThatTheClientAskedFor(
      String from, String host, String forwarded, int status) throws Exception {
    assertThat(
            ask(from, "GET", "/healthz", "Host: " + host, "X-Forwarded-Host: " + forwarded)
                .status())
        .isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-Host: a b",
        "X-Forwarded-Host: a/b",
        "X-Forwarded-Proto: ftp",
        "Forwarded: for",
        "X-Forwarded-Prefix: images",
        "X-Forwarded-Prefix: //evil.test",
        "X-Forwarded-Prefix: /a/../b",
        "X-Forwarded-Prefix: /a;Domain=test"
      })
  void whatNobodyCanUnderstandIsRefusedAndOfOthersIgnored(String field) throws Exception {
    Answer refused = ask(PROXY, "GET", "/healthz", "Host: gateway", field);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text()).contains(field.substring(0, field.indexOf(':')) + ": '");
    assertThat(ask(SOMEBODY, "GET", "/healthz", "Host: gateway", field).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        PROXY + "    | X-Forwarded-Prefix: /coat        | /coat",
        PROXY + "    | X-Forwarded-Prefix: /coat/       | /coat",
        PROXY + "    | X-Forwarded-Prefix: /            | ''",
        PROXY + "    | X-Forwarded-Prefix: /outer, /in  | /outer/in",
        SOMEBODY + " | X-Forwarded-Prefix: /coat        | ''"
      })
  void linksBeginWithWhatTheProxyHasTakenFromThePath(String from, String field, String prefix)
      throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    String path = "/v1/" + image.name;

    Answer metadata = ask(from, "GET", path, "Host: gateway", field);
    Answer content = ask(from, "GET", path + "/content", "Host: gateway", field);
    Answer created = create(from, field);

    assertThat(JSON.readTree(metadata.text()).at("/links/content").asText())
        .isEqualTo(prefix + path + "/content");
    assertThat(content.headers().get("set-cookie")).contains("; Path=" + prefix + path + ";");
    assertThat(created.headers().get("location")).startsWith(prefix + "/v1/images/");
    assertThat(created.headers().get("location"))
        .isEqualTo(JSON.readTree(created.text()).at("/links/self").asText());
  }

  private RawConnection beginBody(String... fields) throws IOException {
    var request = new StringBuilder("POST /v1/images HTTP/1.1\r\nHost: gateway\r\n");
    for (String field : fields) {
      request.append(field).append("\r\n");
    }
    return connect(PROXY)
        .send(
            request
                + "Content-Type: application/json\r\nContent-Length: 65000\r\n\r\n{\"a\":\""
                + "x".repeat(64_000));
  }

  /** 4 MiB of bodies, which is a quarter of all, are 65 of these. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Forwarded-For: 1.2.3.4                           | true",
        "X-Forwarded-For: 1.2.3.4:9, 10.1.1.1               | true",
        "Forwarded: for=1.2.3.4                             | true",
        "Forwarded: for=unknown                             | false",
        "X-Other: 1.2.3.4                                   | false"
      })
  void limitForAnAddressIsForTheClientAndNotForTheProxy(String field, boolean limited)
      throws Exception {
    for (int i = 0; i < 70; i++) {
      beginBody(field);
    }
    if (limited) {
      await().atMost(PATIENCE).until(() -> gateway.httpRefusals().total(Refusal.BUFFER_LIMIT) > 0);
    }
    // read behind all of them, on a connection that came later
    assertThat(ask(PROXY, "GET", "/healthz", "Host: gateway", "X-Forwarded-For: 1.2.3.4").status())
        .isEqualTo(200);
    long refused = gateway.httpRefusals().total(Refusal.BUFFER_LIMIT);
    assertThat(refused > 0).isEqualTo(limited);

    Answer other = create(PROXY, "X-Forwarded-For: 1.2.3.5");

    assertThat(other.status()).isEqualTo(202);
  }
}
