package dev.coatcheck.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coatcheck.contract.IoReason;
import dev.coatcheck.contract.UntrustedText;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Where a gateway speaks gRPC.
 *
 * @param target {@code host:port}
 * @param tls whether it speaks TLS there
 */
record GatewayAddress(String target, boolean tls) {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int MAX_PORT = 65_535;
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://");
  private static final int MAX_ANSWER_BYTES = 64 << 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What people call a gateway, as the address that programs need. People know the port for HTTP:
   * {@code host:port} or {@code http://host:port} is asked for the other one, which is then taken
   * on the same host. {@code grpc://host:port}, or {@code grpcs://host:port} with TLS, says it.
   *
   * @throws IllegalArgumentException if it is none of them
   * @throws Failure if there is no gateway that could be asked
   */
  static GatewayAddress of(String url) throws Failure, InterruptedException {
    URI uri = parse(url);
    return uri.getScheme().equals("http")
        ? new GatewayAddress(uri.getHost() + ":" + askForPort(uri), false)
        : new GatewayAddress(uri.getHost() + ":" + uri.getPort(), uri.getScheme().equals("grpcs"));
  }

  /**
   * The URL, before anything is asked: a scheme ({@code http} unless said), a host, a port, and
   * nothing else.
   *
   * @throws IllegalArgumentException if it is another one
   */
  static URI parse(String url) {
    URI uri;
    try {
      uri = URI.create(SCHEME.matcher(url).lookingAt() ? url : "http://" + url);
    } catch (IllegalArgumentException e) {
      throw malformed(url);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme();
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    boolean hasMore =
        !(path.isEmpty() || path.equals("/"))
            || uri.getRawUserInfo() != null
            || uri.getRawQuery() != null
            || uri.getRawFragment() != null;
    boolean hasPort =
        switch (scheme) {
          case "http" -> uri.getPort() == -1 || isPort(uri.getPort());
          case "grpc", "grpcs" -> isPort(uri.getPort());
          default -> false;
        };
    if (uri.getHost() == null || hasMore || !hasPort) {
      throw malformed(url);
    }
    return uri;
  }

  private static boolean isPort(int port) {
    return port >= 1 && port <= MAX_PORT;
  }

  private static IllegalArgumentException malformed(String url) {
    return new IllegalArgumentException(
        "--gateway: "
            + UntrustedText.quote(url)
            + " (expected: host:port, http://host:port, grpc://host:port,"
            + " or grpcs://host:port with TLS)");
  }

  private static int askForPort(URI gateway) throws Failure, InterruptedException {
    HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    try (http) {
      HttpRequest request =
          HttpRequest.newBuilder(gateway.resolve("/readyz")).timeout(PATIENCE).build();
      String answer =
          http.send(request, BodyHandlers.limiting(BodyHandlers.ofString(), MAX_ANSWER_BYTES))
              .body();
      return grpcPort(answer).orElseThrow(() -> noGateway(gateway));
    } catch (IOException e) {
      throw unreachable(gateway, e);
    }
  }

  private static Failure unreachable(URI gateway, IOException why) {
    if (why instanceof ConnectException || why instanceof HttpTimeoutException) {
      return new Failure(
          ExitCodes.TEMPORARY_FAILURE,
          "no gateway can be reached at %s: %s (start a fleet by %s up, or say where one is by --gateway)"
              .formatted(gateway, IoReason.of(why), CommandName.get()),
          why);
    }
    return new Failure(
        ExitCodes.TEMPORARY_FAILURE,
        "what listens at %s does not speak HTTP (if it is a gateway's port for gRPC: --gateway grpc://%s)"
            .formatted(gateway, gateway.getAuthority()),
        why);
  }

  /** The port for gRPC in what {@code /readyz} answered, if there is one. */
  static OptionalInt grpcPort(String answer) {
    try {
      JsonNode port = JSON.readTree(answer).path("grpcPort");
      return port.isIntegralNumber() && port.canConvertToInt() && isPort(port.intValue())
          ? OptionalInt.of(port.intValue())
          : OptionalInt.empty();
    } catch (JacksonException e) {
      return OptionalInt.empty();
    }
  }

  private static Failure noGateway(URI at) {
    return new Failure(
        ExitCodes.FAILED,
        "%s/readyz does not say where the gateway speaks gRPC (say it by --gateway grpc://host:port)"
            .formatted(at),
        null);
  }
}
