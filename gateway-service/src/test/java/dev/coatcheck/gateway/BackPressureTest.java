package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.v1.SettlePickupRequest.Outcome;
import java.io.InputStream;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

/** A reader's pace is the generator's pace. */
final class BackPressureTest extends GatewayTest {

  private static final int SIZE = 40_000_000;

  /** Two windows of the wire, two chunks here, the kernel's buffers, the client's own: generous. */
  private static final int MAX_IN_FLIGHT = 8_000_000;

  @Test
  void readerThatStallsIsNotSentForOverHttp1() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(SIZE));

    try (var client = new RawConnection(gateway.httpPort(), 4096)) {
      client.get("/v1/" + image.name + "/content").head();

      int sent = BrokenDownloadTest.awaitStall(image);

      assertThat(sent * (long) ScriptedImage.CHUNK_BYTES).isLessThan(MAX_IN_FLIGHT);
      assertThat(gateway.relayStats().openChunks()).isBetween(1L, 2L);
      assertThat(client.read(SIZE)).isEqualTo(image.bytes);
    }
    assertThat(BrokenDownloadTest.settlementOf(image).getOutcome()).isEqualTo(Outcome.COMPLETE);
  }

  @Test
  void readerThatStallsHoldsUpNobodyElseOnItsConnection() throws Exception {
    speak(Version.HTTP_2);
    ScriptedImage slow = generator.hold(ScriptedImage.ofSize(SIZE));
    ScriptedImage quick = generator.hold(ScriptedImage.ofSize(SIZE - 1));

    var response =
        http.send(
            request(contentOf(slow)).version(Version.HTTP_2).build(), BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      int sent = BrokenDownloadTest.awaitStall(slow);
      assertThat(sent * (long) ScriptedImage.CHUNK_BYTES).isLessThan(SIZE);

      // the two share one connection from the gateway to the generator
      assertThat(get(contentOf(quick)).body()).isEqualTo(quick.bytes);

      assertThat(body.readAllBytes()).isEqualTo(slow.bytes);
    }
  }
}
