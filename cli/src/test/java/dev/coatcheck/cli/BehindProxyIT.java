package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.coatcheck.cli.proxy.DocumentedProxy;
import dev.coatcheck.cli.proxy.ProxyProcess;
import dev.coatcheck.lambda.local.BytesFunction;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
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
import org.junit.jupiter.params.provider.EnumSource;

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
  private HttpCaller http;
  private String address;

  @BeforeParameterizedClassInvocation
  void start(DocumentedProxy of, @TempDir Path directory) throws Exception {
    Assumptions.assumeTrue(of.isHere());
    InetSocketAddress front =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePorts.inARow(1));
    address = front.getAddress().getHostAddress() + ":" + front.getPort();
    fleet =
        InProcessFleet.start(
            directory,
            1,
            1,
            Map.of(
                "COATCHECK_MEMORY", "96MiB",
                "COATCHECK_MAX_BYTES", "32MiB",
                "COATCHECK_CALLBACK_URL", "http://" + address));
    process =
        of.start(
            List.of(),
            directory,
            front,
            new InetSocketAddress(
                InetAddress.getLoopbackAddress(), fleet.gateways.getFirst().httpPort()));
    http = new HttpCaller("http://" + address, Version.HTTP_1_1);
  }

  @AfterParameterizedClassInvocation
  void stop() throws Exception {
    if (fleet != null) {
      http.close();
      process.close();
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
    String name =
        http.create(
            slow(
                "{\"capAfterBytes\": 500000, \"capBytesPerSecond\": 400000, \"cutAtByte\": 1000000}"));

    assertThat(http.content(name))
        .isInstanceOf(proxy == DocumentedProxy.CADDY ? Ending.Whole.class : Ending.Broken.class);
    assertThat(http.finished(name).path("state").asText()).isEqualTo("FAILED");
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
    var whole = new CompletableFuture<byte[]>();
    try (HttpClient client = HttpClient.newHttpClient()) {
      WebSocket _ =
          client
              .newWebSocketBuilder()
              .buildAsync(
                  URI.create("ws://" + address + "/v1/" + name + "/socket"), new Collector(whole))
              .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(whole.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isEqualTo(BytesFunction.content(SIZE, 0));
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
