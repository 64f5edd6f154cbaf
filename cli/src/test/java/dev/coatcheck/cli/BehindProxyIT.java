package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.coatcheck.cli.proxy.DocumentedProxy;
import dev.coatcheck.cli.proxy.DocumentedProxy.Ports;
import dev.coatcheck.cli.proxy.DocumentedProxy.Settings;
import dev.coatcheck.cli.proxy.ProxyProcess;
import dev.coatcheck.gateway.GatewayServer;
import dev.coatcheck.lambda.local.bytes.BytesFunction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A fleet behind each proxy, with the documented settings, does all that it does without one. */
@ParameterizedClass
@EnumSource
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
@SuppressWarnings("NullAway.Init") // start
class BehindProxyIT {

  private static final int SIZE = 2_000_000;

  /** More than one part, of 16 MiB. */
  private static final int LARGE_SIZE = 20_000_000;

  private static final int CLEAN_ENDS = 6;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Parameter private DocumentedProxy proxy;
  private InProcessFleet fleet;
  private ProxyProcess process;
  private ProxyProcess bareProcess;
  private HttpCaller http;
  private HttpCaller bareHttp;
  private RpcCaller rpc;
  private String address;

  @BeforeParameterizedClassInvocation
  void start(DocumentedProxy of, @TempDir Path directory) throws Exception {
    Assumptions.assumeTrue(of.isHere());
    int port = FreePorts.inARow(3);
    Ports front = new Ports(local(port), local(of.hasOnePort() ? port : port + 1));
    InetSocketAddress bare = local(port + 2);
    address = "127.0.0.1:" + port;
    fleet =
        InProcessFleet.start(
            directory,
            1,
            1,
            Map.of(
                "COATCHECK_MEMORY", "128MiB",
                "COATCHECK_MAX_BYTES", "32MiB",
                "COATCHECK_CALLBACK_URL", "http://" + address),
            Map.of("COATCHECK_TRUSTED_PROXIES", "127.0.0.1"));
    GatewayServer gateway = fleet.gateways.getFirst();
    Ports behind = new Ports(local(gateway.httpPort()), local(gateway.grpcPort()));
    process = of.start(Settings.WHOLE, List.of(), directory, front, behind);
    bareProcess = of.start(Settings.BARE, List.of(), directory, new Ports(bare, bare), behind);
    http = new HttpCaller("http://" + address, Version.HTTP_1_1);
    bareHttp = new HttpCaller("http://127.0.0.1:" + bare.getPort(), Version.HTTP_1_1);
    rpc = new RpcCaller(front.grpc().getPort());
  }

  private static InetSocketAddress local(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  @AfterParameterizedClassInvocation
  void stop() throws Exception {
    if (fleet != null) {
      http.close();
      bareHttp.close();
      rpc.close();
      process.close();
      bareProcess.close();
      fleet.awaitBaseline();
      fleet.close();
    }
  }

  @Test
  void firstByteComesBeforeTheLastIsMade() throws Exception {
    String name = http.create(slow("{\"capAfterBytes\": 1000000, \"capBytesPerSecond\": 400000}"));
    var bytes = new ByteArrayOutputStream();
    try (InputStream body = http.beginContent(name)) {
      bytes.write(body.readNBytes(500_000));
      assertThat(state(name)).isEqualTo("GENERATING");
      body.transferTo(bytes);
    }

    assertThat(bytes.toByteArray()).isEqualTo(BytesFunction.content(SIZE, 0));
  }

  /** But by Caddy 2.6, as the page says: it ends what is broken as if it were whole. */
  @Test
  void breakIsNotTakenForAnEnd() throws Exception {
    String request =
        slow("{\"capAfterBytes\": 500000, \"capBytesPerSecond\": 400000, \"cutAtByte\": 1000000}");
    String name = http.create(request);
    String bareName = http.create(request);
    CompletableFuture<Ending> bare = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try {
        bare.complete(bareHttp.content(bareName));
      } catch (Exception e) {
        bare.completeExceptionally(e);
      }
    });

    assertThat(http.content(name))
        .isInstanceOf(proxy == DocumentedProxy.CADDY ? Ending.Whole.class : Ending.Broken.class);
    assertThat(bare.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isInstanceOf(
            switch (proxy) {
              case NGINX -> Ending.Told.class; // it speaks HTTP/1.0
              case CADDY -> Ending.Whole.class;
              case HAPROXY, NGHTTPX -> Ending.Broken.class;
            });
    for (String broken : List.of(name, bareName)) {
      assertThat(http.finished(broken).path("state").asText()).isEqualTo("FAILED");
    }
  }

  /**
   * 1. Somebody reads a little of a large image, and no more, by either way. 2. A function makes
   * nothing, and whoever waits for it is told so every 4 s; which is time enough for what stands
   * between to take the large images whole. 3. They are held all the same, and go to whoever asks
   * when the readers have left.
   */
  @Test
  void slowReaderIsNotTakenForDeliveredWhileSilenceIsTold() throws Exception {
    String name = http.create(large());
    String bareName = http.create(large());
    String silent =
        http.create(
            "{\"transfer\": \"RESPONSE_STREAM\", \"maxBytes\": 100, \"spec\": {\"sizeBytes\": 100, \"firstByteAfter\": \"25s\"}}");
    for (String held : List.of(name, bareName)) {
      assertThat(http.finished(held).path("state").asText()).isEqualTo("COMPLETE");
    }

    try (Socket _ = readLittle(process, name);
        Socket _ = readLittle(bareProcess, bareName)) {
      awaitHeartbeat(silent);
      assertThat(state(silent)).isEqualTo("GENERATING");
      assertThat(state(name)).isEqualTo("COMPLETE");
      assertThat(state(bareName)).isEqualTo("COMPLETE");
    }
    for (String held : List.of(name, bareName)) {
      await().atMost(PATIENCE).until(() -> http.content(held) instanceof Ending.Whole);
    }
    assertThat(http.send("DELETE", "/v1/" + silent, "").statusCode()).isEqualTo(204);
  }

  private static Socket readLittle(ProxyProcess at, String name) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(64 << 10);
    socket.connect(at.address());
    socket
        .getOutputStream()
        .write(
            "GET /v1/%s/content HTTP/1.1\r\nHost: localhost\r\n\r\n"
                .formatted(name)
                .getBytes(StandardCharsets.US_ASCII));
    byte[] begin = socket.getInputStream().readNBytes(500_000);
    assertThat(new String(begin, StandardCharsets.ISO_8859_1)).startsWith("HTTP/1.1 200 ");
    return socket;
  }

  private void awaitHeartbeat(String name) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + address + "/v1/" + name + "/content"))
            .header("Accept", "text/event-stream")
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      Stream<String> lines = client.send(request, BodyHandlers.ofLines()).body();
      var events = lines.filter(line -> line.startsWith("event: ")).iterator();
      List<String> heard = List.of(events.next(), events.next());
      client.shutdownNow(); // before anything fails, since it waits for the rest otherwise
      assertThat(heard).containsExactly("event: image", "event: heartbeat");
    }
  }

  @Test
  void callsGoThrough() {
    String request = slow("{\"capAfterBytes\": 1000000, \"capBytesPerSecond\": 2000000}");

    String name = rpc.create(request);

    assertThat(rpc.download(name))
        .isInstanceOfSatisfying(
            Ending.Whole.class,
            whole ->
                assertThat(whole.bytes().toByteArray()).isEqualTo(BytesFunction.content(SIZE, 0)));
    assertThat(rpc.generate(request)).isInstanceOf(Ending.Whole.class);
  }

  /** With the {@code Host} of nginx's upstream, so that the origin is what the proxy says. */
  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("prefixes")
  void pathMayBeginWithAPrefix(String prefix) throws Exception {
    try (HttpCaller below = new HttpCaller("http://" + address + prefix, Version.HTTP_1_1)) {
      String page = text(below.send("GET", "/", ""));
      assertThat(page).contains("src=\"page/main.js\"");
      assertThat(below.send("GET", "/page/main.js", "").statusCode()).isEqualTo(200);

      var created =
          below.send("POST", "/v1/images", slow("{}"), "Content-Type", "application/json");
      String self = created.headers().firstValue("location").orElse("");
      JsonNode links = ImageClient.json(created.body()).path("links");
      assertThat(self).startsWith(prefix + "/v1/images/");
      assertThat(links.path("content").asText()).isEqualTo(self + "/content");
      assertThat(http.send("GET", self, "").statusCode()).isEqualTo(200);
      assertThat(socket(self)).isEqualTo(BytesFunction.content(SIZE, 0));
    }
  }

  private List<String> prefixes() {
    return proxy.prefixes();
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  @Test
  void eventsComeWhileTheImageIsMade() throws Exception {
    String name = http.create(slow("{\"capAfterBytes\": 1000000, \"capBytesPerSecond\": 400000}"));
    URI uri = URI.create("http://" + address + "/v1/" + name + "/events");
    try (HttpClient client = HttpClient.newHttpClient()) {
      Stream<String> lines =
          client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofLines()).body();
      var events = lines.filter(line -> line.startsWith("data: ")).iterator();
      events.next();
      assertThat(state(name)).isEqualTo("GENERATING");
      String last = events.next();
      while (!last.contains("COMPLETE")) {
        last = events.next();
      }
      client.shutdownNow(); // it goes on until the image is picked up
    }
    assertThat(http.content(name)).isInstanceOf(Ending.Whole.class);
  }

  /** A client that has all of it, and closes its connection, as curl does. */
  @Test
  void imageIsDeliveredWhenItsClientHasClosed() throws Exception {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < CLEAN_ENDS; i++) {
      String name = http.create("{\"spec\": {\"sizeBytes\": %d}}".formatted(SIZE));
      assertThat(http.finished(name).path("state").asText()).isEqualTo("COMPLETE");
      try (HttpClient client = HttpClient.newHttpClient()) {
        URI content = URI.create("http://" + address + "/v1/" + name + "/content");
        var response =
            client.send(HttpRequest.newBuilder(content).build(), BodyHandlers.ofByteArray());
        assertThat(response.body()).hasSize(SIZE);
      }
      names.add(name);
    }

    for (String name : names) {
      // Its state, or the reason why it is gone, if its memory was wanted.
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(http.send("GET", "/v1/" + name, "").body())
                  .asString()
                  .contains("DELIVERED"));
    }
  }

  @Test
  void webSocketPicksUp() throws Exception {
    String name = http.create(slow("{}"));

    assertThat(socket("/v1/" + name)).isEqualTo(BytesFunction.content(SIZE, 0));
  }

  /** What comes over a WebSocket, as it is opened by the page. */
  private byte[] socket(String path) throws Exception {
    var whole = new CompletableFuture<byte[]>();
    try (HttpClient client = HttpClient.newHttpClient()) {
      WebSocket _ =
          client
              .newWebSocketBuilder()
              .header("Origin", "http://" + address)
              .buildAsync(URI.create("ws://" + address + path + "/socket"), new Collector(whole))
              .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return whole.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @Test
  void functionPushesLargeParts() throws Exception {
    String name =
        http.create(
            "{\"transfer\": \"CALLBACK\", \"maxBytes\": %d, \"spec\": {\"sizeBytes\": %d}}"
                .formatted(LARGE_SIZE, LARGE_SIZE));
    assertThat(http.finished(name).path("state").asText())
        .as("state behind %s", proxy)
        .isEqualTo("COMPLETE");

    assertThat(http.content(name))
        .isInstanceOfSatisfying(
            Ending.Whole.class,
            whole ->
                assertThat(whole.bytes().toByteArray())
                    .isEqualTo(BytesFunction.content(LARGE_SIZE, 0)));
  }

  private static String large() {
    return "{\"transfer\": \"RESPONSE_STREAM\", \"maxBytes\": %d, \"spec\": {\"sizeBytes\": %d}}"
        .formatted(LARGE_SIZE, LARGE_SIZE);
  }

  private static String slow(String fault) {
    return "{\"transfer\": \"RESPONSE_STREAM\", \"spec\": {\"sizeBytes\": %d, \"fault\": %s}}"
        .formatted(SIZE, fault);
  }

  private String state(String name) throws Exception {
    JsonNode image = ImageClient.json(http.send("GET", "/v1/" + name, "").body());
    return image.path("state").asText();
  }

  /** Collects what comes in binary messages. */
  private static final class Collector implements WebSocket.Listener {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> whole;

    Collector(CompletableFuture<byte[]> whole) {
      this.whole = whole;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      byte[] piece = new byte[data.remaining()];
      data.get(piece);
      bytes.writeBytes(piece);
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      whole.complete(bytes.toByteArray());
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      whole.completeExceptionally(error);
    }
  }
}
