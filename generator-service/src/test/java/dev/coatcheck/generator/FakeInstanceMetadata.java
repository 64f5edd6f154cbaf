package dev.coatcheck.generator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The metadata service of an EC2 instance with a role, in version 2: nothing without a token.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html">
 *     IMDSv2</a>
 */
final class FakeInstanceMetadata implements AutoCloseable {

  private static final String TOKEN = "token-of-imds";
  private static final String ROLES = "/latest/meta-data/iam/security-credentials";

  private final HttpServer server;

  private FakeInstanceMetadata(HttpServer server) {
    this.server = server;
  }

  static FakeInstanceMetadata start(String accessKeyId) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> serve(exchange, accessKeyId));
    server.start();
    return new FakeInstanceMetadata(server);
  }

  private static void serve(HttpExchange exchange, String accessKeyId) throws IOException {
    String path = exchange.getRequestURI().getPath();
    boolean trusted =
        TOKEN.equals(exchange.getRequestHeaders().getFirst("x-aws-ec2-metadata-token"));
    if (path.equals("/latest/api/token") && exchange.getRequestMethod().equals("PUT")) {
      exchange.getResponseHeaders().set("x-aws-ec2-metadata-token-ttl-seconds", "21600");
      answer(exchange, 200, TOKEN);
    } else if (!trusted) {
      answer(exchange, 401, "");
    } else if (path.equals(ROLES + "/")) {
      answer(exchange, 200, "generators");
    } else if (path.equals(ROLES + "/generators")) {
      answer(exchange, 200, credentials(accessKeyId));
    } else {
      answer(exchange, 404, "");
    }
  }

  private static String credentials(String accessKeyId) {
    return """
    {"Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": "%s", "SecretAccessKey": "s",
     "Token": "token-of-the-instance", "LastUpdated": "%s", "Expiration": "%s"}
    """
        .formatted(
            accessKeyId,
            Instant.now().truncatedTo(ChronoUnit.SECONDS),
            Instant.now().plus(6, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS));
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
