package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.v1.SettlePickupRequest;
import dev.coatcheck.v1.Settlement;
import java.net.http.HttpClient;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class DownloadTest extends GatewayTest {

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void deliversEveryByteAndSettlesTheWhole(HttpClient.Version version) throws Exception {
    goFor(version);
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(10_000_000));
    image.filename = "Séoul \"6\".png";

    var response = send(request(contentOf(image)).version(version));

    assertThat(response.version()).isEqualTo(version);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(image.bytes);
    assertThat(response.headers().map())
        .containsEntry("content-type", java.util.List.of("image/png"))
        .containsEntry("content-length", java.util.List.of("10000000"))
        .containsEntry("cache-control", java.util.List.of("no-store, no-transform"))
        .containsEntry("x-accel-buffering", java.util.List.of("no"))
        .containsEntry("x-content-type-options", java.util.List.of("nosniff"))
        .containsEntry(
            "content-disposition",
            java.util.List.of(
                "inline; filename=\"S_oul _6_.png\"; filename*=UTF-8''S%C3%A9oul%20%226%22.png"))
        .containsEntry(
            "repr-digest",
            java.util.List.of(
                "sha-256=:"
                    + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(image.sha256()))
                    + ":"))
        .containsEntry("accept-ranges", java.util.List.of("bytes"))
        .containsEntry("etag", java.util.List.of("\"proof\""));
    assertThat(generator.downloads)
        .singleElement()
        .satisfies(asked -> assertThat(asked.getSettlement()).isEqualTo(Settlement.MANUAL));
    await().atMost(PATIENCE).until(() -> !image.settlements.isEmpty());
    assertThat(image.settlements)
        .singleElement()
        .satisfies(settled -> {
          assertThat(settled.getOutcome()).isEqualTo(SettlePickupRequest.Outcome.COMPLETE);
          assertThat(settled.getEpoch()).isEqualTo(7);
          assertThat(settled.getStream()).isEqualTo(3);
          assertThat(settled.getRanges(0).getStart()).isZero();
          assertThat(settled.getRanges(0).getEnd()).isEqualTo(10_000_000);
        });
    var stats = gateway.relayStats();
    assertThat(stats.messages()).isEqualTo(image.chunksSent.get());
    assertThat(stats.copiedMessages()).isLessThanOrEqualTo(stats.messages() / 4);
  }
}
