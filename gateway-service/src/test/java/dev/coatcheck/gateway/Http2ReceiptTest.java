package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.v1.SettlePickupRequest.Outcome;
import java.io.IOException;
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
    try (RawHttp2 client = download()) {
      client.readTo(RawHttp2.DATA);
      RawHttp2.Frame ping = client.readTo(RawHttp2.PING);
      assertThat(image.settlements).isEmpty();
      client.acknowledge(ping);

      assertThat(outcome()).isEqualTo(Outcome.COMPLETE);
    }
  }

  @Test
  void clientThatIsResetWithThePingUnansweredHasNot() throws Exception {
    RawHttp2 client = download();
    client.readTo(RawHttp2.DATA);
    client.readTo(RawHttp2.PING);
    client.reset();

    assertThat(outcome()).isEqualTo(Outcome.BROKEN);
  }

  @Test
  void clientThatNeverAcknowledgesThePingHasNot() throws Exception {
    try (RawHttp2 client = download()) {
      client.readTo(RawHttp2.DATA);
      client.readTo(RawHttp2.PING);

      assertThat(outcome()).isEqualTo(Outcome.BROKEN);
    }
  }

  @Test
  void clientThatResetsTheStreamAfterItsEndHasNot() throws Exception {
    try (RawHttp2 client = download()) {
      client.readTo(RawHttp2.DATA);
      client.resetStream();

      assertThat(outcome()).isEqualTo(Outcome.BROKEN);
    }
  }

  @Test
  void clientThatClosesWithBytesUnreadHasNot() throws Exception {
    RawHttp2 client = download();
    BrokenDownloadTest.awaitStall(image);
    client.close();

    assertThat(outcome()).isEqualTo(Outcome.BROKEN);
  }

  @Test
  void clientThatClosesAtTheEndOfTheStreamHasReceivedIt() throws Exception {
    try (RawHttp2 client = download()) {
      client.readTo(RawHttp2.DATA);
    }

    assertThat(outcome()).isEqualTo(Outcome.COMPLETE);
  }

  @Test
  void clientThatAnnouncesItsEndHasReceivedItHoweverTheConnectionCloses() throws Exception {
    RawHttp2 client = download();
    client.readTo(RawHttp2.DATA);
    client.goAway();
    client.reset();

    assertThat(outcome()).isEqualTo(Outcome.COMPLETE);
  }

  private RawHttp2 download() throws IOException {
    generator.hold(image);
    return new RawHttp2(gateway.httpPort(), WINDOW_BYTES).get("/v1/" + image.name + "/content");
  }

  private Outcome outcome() {
    await().atMost(PATIENCE).until(() -> !image.settlements.isEmpty());
    return image.settlements.getFirst().getOutcome();
  }
}
