package dev.coatcheck.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a gateway speaks gRPC.
 *
 * @param target {@code host:port}
 * @param tls whether it speaks TLS there
 */
record GatewayAddress(String target, boolean tls) {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What people call a gateway, as the address that programs need. People know the port for HTTP:
   * {@code http://host:port} is asked for the other one, which is then taken on the same host.
   * {@code grpc://host:port}, or {@code grpcs://host:port} with TLS, says it.
   *
   * @throws IllegalArgumentException if it is none of them
   * @throws Failure if there is no gateway that could be asked
   */
  static GatewayAddress of(String url) throws Failure, InterruptedException {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw malformed(url);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme();
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    if (uri.getHost() == null || !(path.isEmpty() || path.equals("/"))) {
      throw malformed(url);
    }
    return switch (scheme) {
      case "http" -> new GatewayAddress(uri.getHost() + ":" + askForPort(uri), false);
      case "grpc", "grpcs" -> {
        if (uri.getPort() < 0) {
          throw malformed(url);
        }
        yield new GatewayAddress(uri.getHost() + ":" + uri.getPort(), scheme.equals("grpcs"));
      }
      default -> throw malformed(url);
    };
  }

  private static IllegalArgumentException malformed(String url) {
    return new IllegalArgumentException(
        "--gateway: '%s' (expected: http://host:port, grpc://host:port or grpcs://host:port)"
            .formatted(url));
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
      String answer = http.send(request, BodyHandlers.ofString()).body();
      int port = JSON.readTree(answer).path("grpcPort").asInt();
      if (port > 0) {
        return port;
      }
      throw noGateway(gateway, null);
    } catch (JacksonException e) {
      throw noGateway(gateway, e);
    } catch (IOException e) {
      throw new Failure(
          ExitCodes.NOT_NOW,
          "no gateway can be reached at %s (start a fleet by ./coatcheck up, or say where one is by --gateway)"
              .formatted(gateway),
          e);
    }
  }

  private static Failure noGateway(URI at, @Nullable Exception cause) {
    return new Failure(
        ExitCodes.FAILED,
        "%s/readyz does not say where the gateway speaks gRPC (say it by --gateway grpc://host:port)"
            .formatted(at),
        cause);
  }
}
