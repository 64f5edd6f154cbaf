package dev.coatcheck.generator;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/**
 * AWS's IAM Identity Center: gives credentials of an account's role to whoever has signed in.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html">
 *     GetRoleCredentials</a>
 */
final class FakeSso implements AutoCloseable {

  static final String ACCESS_KEY_ID = "ASIAOFTHESIGNIN";
  static final String SESSION_TOKEN = "token-of-the-sign-in";

  private final HttpServer server;

  private FakeSso(HttpServer server) {
    this.server = server;
  }

  /** One that knows {@code accessToken}, for any account and role. */
  static FakeSso start(String accessToken) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/federation/credentials",
        exchange -> {
          boolean known =
              accessToken.equals(exchange.getRequestHeaders().getFirst("x-amz-sso_bearer_token"));
          byte[] body =
              (known ? credentials() : "{\"message\": \"Session token not found or invalid\"}")
                  .getBytes(StandardCharsets.US_ASCII);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(known ? 200 : 401, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return new FakeSso(server);
  }

  private static String credentials() {
    return """
    {"roleCredentials": {"accessKeyId": "%s", "secretAccessKey": "secret-of-the-sign-in",
      "sessionToken": "%s", "expiration": %d}}
    """
        .formatted(
            ACCESS_KEY_ID, SESSION_TOKEN, Instant.now().plus(Duration.ofHours(1)).toEpochMilli());
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
