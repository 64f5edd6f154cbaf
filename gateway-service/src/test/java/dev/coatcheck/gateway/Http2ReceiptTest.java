package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.coatcheck.testing.Http2Download;
import dev.coatcheck.v1.SettlePickupRequest.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What counts as received over HTTP/2. */
class Http2ReceiptTest extends GatewayTest {

  private static final int SIZE = 300_000;
  private static final int WINDOW_BYTES = 2 << 20;

  private final ScriptedImage image = ScriptedImage.ofSize(SIZE);

  @Override
  Duration stallTimeout() {
    return Duration.ofSeconds(4);
  }

  @Test
  void clientThatAcknowledgesThePingHasReceivedIt() throws Exception {
    try (Http2Download client = download()) {
      client.readToEnd();
      ByteString ping = client.awaitPing();
      assertThat(image.settlements).isEmpty();
      client.acknowledge(ping);

      assertThat(outcome()).isEqualTo(Outcome.COMPLETE);
    }
  }

  @Test
  void clientThatIsResetWithThePingUnansweredHasNot() throws Exception {
    Http2Download client = download();
    client.readToEnd();
    var _ = client.awaitPing();
    client.reset();

    assertThat(outcome()).isEqualTo(Outcome.BROKEN);
  }

  @Test
  void clientThatNeverAcknowledgesThePingHasNot() throws Exception {
    try (Http2Download client = download()) {
      client.readToEnd();
      var _ = client.awaitPing();

      assertThat(outcome()).isEqualTo(Outcome.BROKEN);
    }
  }

  @Test
  void clientThatResetsTheStreamAfterItsEndHasNot() throws Exception {
    Http2Download client = download();
    client.readToEnd();
    client.resetStream();
    Thread acknowledging = Thread.startVirtualThread(() -> acknowledgeAll(client));

    assertThat(outcome()).isEqualTo(Outcome.BROKEN);
    client.close();
    acknowledging.join();
  }

  @Test
  void clientThatClosesWithBytesUnreadHasNot() throws Exception {
    Http2Download client = download();
    BrokenDownloadTest.awaitStall(image);
    client.close();

    assertThat(outcome()).isEqualTo(Outcome.BROKEN);
  }

  @Test
  void clientThatClosesAtTheEndOfTheStreamHasReceivedIt() throws Exception {
    try (Http2Download client = download()) {
      client.readToEnd();
    }

    assertThat(outcome()).isEqualTo(Outcome.COMPLETE);
  }

  /** Its kernel has a part of the image, and the gateway's the rest. */
  @Test
  void clientThatEndsItsSideBeforeItsKernelHasAllHasNot() throws Exception {
    generator.hold(image);
    try (Http2Download client =
        Http2Download.get(
            gateway.httpPort(), "/v1/" + image.name + "/content", WINDOW_BYTES, 4096)) {
      BrokenDownloadTest.awaitStall(image);
      client.endOutput();

      assertThat(outcome()).isEqualTo(Outcome.BROKEN);
    }
  }

  @Test
  void clientThatAnnouncesItsEndHasReceivedItHoweverTheConnectionCloses() throws Exception {
    Http2Download client = download();
    client.readToEnd();
    client.goAway();
    client.reset();

    assertThat(outcome()).isEqualTo(Outcome.COMPLETE);
  }

  /** Its HTTP/2 code lives on, though its program wants nothing more of the stream. */
  private static void acknowledgeAll(Http2Download client) {
    try {
      client.acknowledgeAll();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Http2Download download() throws IOException {
    generator.hold(image);
    return Http2Download.get(gateway.httpPort(), "/v1/" + image.name + "/content", WINDOW_BYTES);
  }

  private Outcome outcome() {
    await().atMost(PATIENCE).until(() -> !image.settlements.isEmpty());
    return image.settlements.getFirst().getOutcome();
  }
}
