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
import java.util.stream.Collectors;

/**
 * AWS's Security Token Service: gives credentials for one web identity and one role, and refuses
 * everybody else.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html">
 *     AssumeRoleWithWebIdentity</a>
 */
final class FakeSts implements AutoCloseable {

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
          boolean trusted =
              "AssumeRoleWithWebIdentity".equals(form.get("Action"))
                  && webIdentity.equals(form.get("WebIdentityToken"))
                  && roleArn.equals(form.get("RoleArn"));
          answer(exchange, trusted ? 200 : 400, trusted ? credentials(roleArn) : refusal());
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

  private static String credentials(String roleArn) {
    return """
    <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
      <AssumeRoleWithWebIdentityResult>
        <SubjectFromWebIdentityToken>system:serviceaccount:maps</SubjectFromWebIdentityToken>
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
      </AssumeRoleWithWebIdentityResult>
      <ResponseMetadata><RequestId>0a8f-11</RequestId></ResponseMetadata>
    </AssumeRoleWithWebIdentityResponse>
    """
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
