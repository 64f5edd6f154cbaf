package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coatcheck.gateway.http.AllowedHosts;
import dev.coatcheck.gateway.http.HttpLimits;
import dev.coatcheck.gateway.routing.Discovery;
import dev.coatcheck.key.KeySealer;
import dev.coatcheck.key.KeysetFile;
import dev.coatcheck.kit.grpc.GrpcPortLimits;
import dev.coatcheck.kit.limits.PortSettings;
import dev.coatcheck.testing.TlsFront;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a test of the whole gateway needs: one gateway, one generator, and clients. */
@Timeout(60)
abstract class GatewayTest {

  static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final ObjectMapper JSON = new ObjectMapper();

  static {
    Awaitility.setDefaultPollDelay(Duration.ZERO);
    Awaitility.setDefaultPollInterval(Duration.ofMillis(10));
  }

  @TempDir Path directory;

  KeySealer sealer;
  FakeGenerator generator;
  GatewayServer gateway;

  final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .sslContext(TlsFront.CONTEXT)
          .connectTimeout(PATIENCE)
          .build();

  private @Nullable TlsFront front;

  @BeforeEach
  void startFleet() throws Exception {
    Path file = directory.resolve("keyset");
    KeysetFile.create(file);
    sealer = new KeySealer(KeysetFile.open(file)::aead);
    generator = FakeGenerator.startWithStreams(sealer, generatorStreams());
    gateway = startGateway(new Discovery.Fixed(List.of(generator.address())));
    await().atMost(PATIENCE).until(() -> gateway.fleet().active() == 1);
  }

  @AfterEach
  void everyChunkIsReleased() throws IOException {
    try {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(gateway.relayStats().openChunks()).isZero());
    } finally {
      http.close();
      if (front != null) {
        front.close();
      }
      gateway.close();
      generator.close();
    }
  }

  /** How long a reader may take nothing. */
  Duration stallTimeout() {
    return Duration.ofSeconds(60);
  }

  /** Whose pages may call the gateway. */
  Set<String> corsOrigins() {
    return Set.of();
  }

  /** Where the page may call the function itself. */
  Optional<URI> functionUrl() {
    return Optional.empty();
  }

  /** How many streams the generator permits on a connection. */
  int generatorStreams() {
    return Integer.MAX_VALUE;
  }

  /** Which hosts requests may be for. */
  AllowedHosts allowedHosts() {
    return AllowedHosts.ANY;
  }

  /** Of the port for HTTP. */
  HttpLimits httpLimits() {
    return HttpLimits.of(
        PortSettings.PUBLIC_DEFAULTS, 3, Duration.ofSeconds(10), Duration.ofSeconds(75), 1024);
  }

  /** Of the ports for gRPC. */
  GrpcPortLimits grpcLimits() {
    return GrpcPortLimits.ofPublicPort(PortSettings.PUBLIC_DEFAULTS, 3, stallTimeout());
  }

  final GatewayServer startGateway(Discovery discovery) throws Exception {
    HostPort anyPort = new HostPort("127.0.0.1", 0);
    return GatewayServer.start(
        new GatewayConfig(
            anyPort,
            anyPort,
            discovery,
            directory.resolve("keyset"),
            anyPort,
            stallTimeout(),
            corsOrigins(),
            functionUrl(),
            allowedHosts(),
            httpLimits(),
            grpcLimits()));
  }

  /**
   * Where the gateway is reached; once the test {@link #speak}s HTTP/2, that is by TLS, for which
   * requests are to have that version.
   */
  final URI uri(String path) {
    return front == null
        ? URI.create("http://127.0.0.1:" + gateway.httpPort() + path)
        : URI.create("https://localhost:" + front.port() + path);
  }

  /** Has the client go where it can speak {@code version}: HTTP/2 by a front that ends TLS. */
  final void goFor(HttpClient.Version version) throws IOException {
    if (version == HttpClient.Version.HTTP_2) {
      front = TlsFront.start(gateway.httpPort());
    }
  }

  /** Has the client talk {@code version} from now on. */
  final void speak(HttpClient.Version version) throws Exception {
    goFor(version);
    var response = send(request(uri("/healthz")).version(version).GET());
    assertThat(response.version()).isEqualTo(version);
  }

  final URI contentOf(ScriptedImage image) {
    return uri("/v1/" + image.name + "/content");
  }

  final HttpResponse<byte[]> get(URI uri, String... headers)
      throws IOException, InterruptedException {
    return send(request(uri, headers).GET());
  }

  final HttpResponse<byte[]> post(String path, String json, String... headers)
      throws IOException, InterruptedException {
    return send(
        request(uri(path), headers)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  final HttpResponse<byte[]> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), BodyHandlers.ofByteArray());
  }

  static HttpRequest.Builder request(URI uri, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(PATIENCE);
    return headers.length == 0 ? request : request.headers(headers);
  }

  static JsonNode json(HttpResponse<byte[]> response) throws IOException {
    return JSON.readTree(new String(response.body(), StandardCharsets.UTF_8));
  }
}
