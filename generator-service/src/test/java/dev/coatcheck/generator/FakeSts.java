package dev.coatcheck.generator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * AWS's Security Token Service: gives credentials of one role to one web identity and to one user,
 * and refuses everybody else.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html">
 *     AssumeRoleWithWebIdentity</a>
 */
final class FakeSts implements AutoCloseable {

  /** Of the user who may have the role. */
  static final String USER_KEY_ID = "AKIAOFTHEUSER";

  static final String ACCESS_KEY_ID = "ASIAOFTHEWEBIDENTITY";
  static final String SESSION_TOKEN = "token-of-the-session";

  private final HttpServer server;

  private FakeSts(HttpServer server) {
    this.server = server;
  }

  /** One that trusts {@code webIdentity} to be {@code roleArn}. */
  static FakeSts start(String webIdentity, String roleArn) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          Map<String, String> form = form(exchange);
          String action = form.getOrDefault("Action", "");
          String signature =
              Objects.requireNonNullElse(
                  exchange.getRequestHeaders().getFirst("Authorization"), "none");
          boolean trusted =
              roleArn.equals(form.get("RoleArn"))
                  && switch (action) {
                    case "AssumeRoleWithWebIdentity" ->
                        webIdentity.equals(form.get("WebIdentityToken"));
                    case "AssumeRole" -> signature.contains("Credential=" + USER_KEY_ID + "/");
                    default -> false;
                  };
          answer(exchange, trusted ? 200 : 400, trusted ? credentials(action, roleArn) : refusal());
        });
    server.start();
    return new FakeSts(server);
  }

  private static Map<String, String> form(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII);
    return Arrays.stream(body.split("&"))
        .map(field -> field.split("=", 2))
        .collect(
            Collectors.toMap(
                field -> field[0], field -> URLDecoder.decode(field[1], StandardCharsets.UTF_8)));
  }

  private static String credentials(String action, String roleArn) {
    return """
    <ACTIONResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
      <ACTIONResult>
        <AssumedRoleUser>
          <Arn>%s/generator</Arn>
          <AssumedRoleId>AROAOFTHEROLE:generator</AssumedRoleId>
        </AssumedRoleUser>
        <Credentials>
          <AccessKeyId>%s</AccessKeyId>
          <SecretAccessKey>secret-of-the-session</SecretAccessKey>
          <SessionToken>%s</SessionToken>
          <Expiration>%s</Expiration>
        </Credentials>
      </ACTIONResult>
      <ResponseMetadata><RequestId>0a8f-11</RequestId></ResponseMetadata>
    </ACTIONResponse>
    """
        .replace("ACTION", action)
        .formatted(
            roleArn,
            ACCESS_KEY_ID,
            SESSION_TOKEN,
            Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS));
  }

  private static String refusal() {
    return """
    <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
      <Error>
        <Type>Sender</Type>
        <Code>AccessDenied</Code>
        <Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message>
      </Error>
      <RequestId>0a8f-11</RequestId>
    </ErrorResponse>
    """;
  }

  private static void answer(HttpExchange exchange, int status, String xml) throws IOException {
    byte[] body = xml.getBytes(StandardCharsets.US_ASCII);
    exchange.getResponseHeaders().set("Content-Type", "text/xml");
    exchange.sendResponseHeaders(status, body.length);
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
