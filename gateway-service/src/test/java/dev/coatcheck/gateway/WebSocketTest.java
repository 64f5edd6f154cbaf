package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.SettlePickupRequest;
import dev.coatcheck.v1.SettlePickupRequest.Outcome;
import io.grpc.Status.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The image and its progress over a WebSocket. */
final class WebSocketTest extends GatewayTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<WebSocket> opened = new ArrayList<>();

  /** A client waits for those that it has not closed. */
  @AfterEach
  void leave() {
    opened.forEach(WebSocket::abort);
  }

  @Override
  Duration stallTimeout() {
    return Duration.ofMillis(900);
  }

  /** A client that asks for so many messages, and gathers them. */
  private static final class Client implements WebSocket.Listener {

    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final List<JsonNode> events = new CopyOnWriteArrayList<>();
    final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final long wanted;
    private final StringBuilder text = new StringBuilder();

    Client(long wanted) {
      this.wanted = wanted;
    }

    @Override
    public void onOpen(WebSocket socket) {
      socket.request(wanted);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        try {
          events.add(JSON.readTree(text.toString()));
        } catch (JsonProcessingException e) {
          closed.completeExceptionally(e);
        }
        text.setLength(0);
      }
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      byte[] some = new byte[data.remaining()];
      data.get(some);
      bytes.writeBytes(some);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closed.complete(code);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable thrown) {
      closed.completeExceptionally(thrown);
    }

    List<String> names() {
      return events.stream().map(event -> event.path("event").asText()).toList();
    }
  }

  private WebSocket open(String name, Client client) throws Exception {
    URI uri = URI.create("ws://127.0.0.1:" + gateway.httpPort() + "/v1/" + name + "/socket");
    WebSocket socket = http.newWebSocketBuilder().buildAsync(uri, client).get(10, TimeUnit.SECONDS);
    opened.add(socket);
    return socket;
  }

  @Test
  void imageAsBinaryAndProgressAsText() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(3_000_000));
    var client = new Client(Long.MAX_VALUE);

    var _ = open(image.name, client);

    assertThat(client.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1000);
    assertThat(client.bytes.toByteArray()).isEqualTo(image.bytes);
    assertThat(client.names()).startsWith("image").endsWith("done");
    assertThat(client.events.getFirst().path("claim").asText()).isEqualTo("proof");
    assertThat(client.events.getLast().path("sha256").asText()).isEqualTo(image.sha256());
    assertThat(BrokenDownloadTest.settlementOf(image).getOutcome()).isEqualTo(Outcome.COMPLETE);
  }

  @Test
  void forgedKeyIsToldByMessageAndCode() throws Exception {
    var client = new Client(Long.MAX_VALUE);
    var _ = open("images/forged", client);
    assertThat(client.closed.get(10, TimeUnit.SECONDS)).isEqualTo(4404);
    assertThat(client.events.getLast().path("reason").asText()).isEqualTo("IMAGE_NOT_FOUND");
  }

  @Test
  void functionThatFailsHalfWayIsTold() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(3_000_000));
    image.failAtBytes = 1_000_000;
    image.failure = Refusals.of(Code.INTERNAL, ErrorReason.FUNCTION_FAILED, Map.of());
    var client = new Client(Long.MAX_VALUE);
    var _ = open(image.name, client);
    assertThat(client.closed.get(10, TimeUnit.SECONDS)).isEqualTo(4502);
    assertThat(client.names()).doesNotContain("done");
    assertThat(BrokenDownloadTest.settlementOf(image).getOutcome()).isEqualTo(Outcome.BROKEN);
  }

  @Test
  void clientThatDiesIsSettled() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(20_000_000));
    var client = new Client(20);
    WebSocket socket = open(image.name, client);
    await().atMost(PATIENCE).until(() -> client.bytes.size() > 100_000);
    socket.abort();
    SettlePickupRequest settled = BrokenDownloadTest.settlementOf(image);
    assertThat(settled.getOutcome()).isEqualTo(Outcome.BROKEN);
    assertThat(settled.getInDoubt().getEnd()).isBetween(100_000L, 19_999_999L);
  }

  @Test
  void clientThatTakesNothingIsCut() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(40_000_000));
    var client = new Client(3);
    var _ = open(image.name, client);
    assertThat(BrokenDownloadTest.settlementOf(image).getOutcome()).isEqualTo(Outcome.BROKEN);
    assertThat(image.chunksSent.get()).isLessThan(40);
  }

  /** It answers pings, which is all that it can do. */
  @Test
  void clientThatWaitsForASlowFunctionIsNotCut() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1_000_000));
    image.complete = false;
    image.gateBytes = 0;
    var client = new Client(Long.MAX_VALUE);
    var _ = open(image.name, client);
    await().atMost(PATIENCE).until(() -> image.downloads.get() == 1);
    await()
        .atMost(PATIENCE)
        .during(stallTimeout().multipliedBy(3))
        .until(() -> !client.closed.isDone());
    image.openTo(Integer.MAX_VALUE);
    assertThat(client.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1000);
    assertThat(client.bytes.toByteArray()).isEqualTo(image.bytes);
  }

  /** It reads our close frame, too, and ends the connection without one of its own. */
  @Test
  void clientThatDoesNotAnswerTheCloseFrameHasNotReceivedIt() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(100_000));
    RawConnection client = upgrade(image);
    byte[] some = new byte[0];
    while (!new String(some, StandardCharsets.ISO_8859_1).contains("\"done\"")) {
      some = client.read(1000);
    }
    client.close();

    assertThat(BrokenDownloadTest.settlementOf(image).getOutcome()).isEqualTo(Outcome.BROKEN);
  }

  private RawConnection upgrade(ScriptedImage image) throws IOException {
    return new RawConnection(gateway.httpPort()).upgrade("/v1/" + image.name + "/socket");
  }

  /** A client that is gone without a word while nothing is written: it answers no ping. */
  @Test
  void clientThatHasVanishedIsNoticed() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1_000_000));
    image.complete = false;
    image.gateBytes = 0;
    try (var _ = upgrade(image)) {
      assertThat(BrokenDownloadTest.settlementOf(image).getOutcome()).isEqualTo(Outcome.BROKEN);
      assertThat(image.cancelled.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void plainRequestIsTold() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    var response = get(uri("/v1/" + image.name + "/socket"));
    assertThat(response.statusCode()).isEqualTo(426);
    assertThat(response.headers().firstValue("Sec-WebSocket-Version")).hasValue("13");
    assertThat(get(uri("/v1/" + image.name + "/socket?offset=x")).statusCode()).isEqualTo(422);
    assertThat(image.downloads).hasValue(0);
  }
}
