package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.SettlePickupRequest;
import dev.coatcheck.v1.SettlePickupRequest.Outcome;
import io.grpc.Status.Code;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pickups that do not get to their end, from either side. */
final class BrokenDownloadTest extends GatewayTest {

  private static final int SIZE = 20_000_000;

  @Test
  void clientThatDiesIsSettledWithWhatWasWritten() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(SIZE));

    try (var client = new RawConnection(gateway.httpPort())) {
      client.get("/v1/" + image.name + "/content").head();
      client.read(1_000_000);
      client.reset();
    }

    SettlePickupRequest settled = settlementOf(image);
    assertThat(settled.getOutcome()).isEqualTo(Outcome.BROKEN);
    assertThat(settled.getInDoubt().getStart()).isZero();
    assertThat(settled.getInDoubt().getEnd()).isBetween(1_000_000L, (long) SIZE);
    assertThat(image.cancelled.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void clientThatGivesUpIsSettledWithWhatWasWritten(Version version) throws Exception {
    goFor(version);
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(SIZE));

    var response =
        http.send(request(contentOf(image)).version(version).build(), BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      assertThat(body.readNBytes(1_000_000)).hasSize(1_000_000);
    }

    SettlePickupRequest settled = settlementOf(image);
    assertThat(settled.getOutcome()).isEqualTo(Outcome.BROKEN);
    assertThat(settled.getInDoubt().getEnd()).isBetween(1_000_000L, (long) SIZE);
    assertThat(image.cancelled.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void clientThatLeavesBeforeTheFirstByteFreesTheClaim() throws Exception {
    speak(Version.HTTP_2);
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(SIZE));
    image.complete = false;
    image.gateBytes = 0;

    var waiting =
        http.sendAsync(
            request(contentOf(image)).version(Version.HTTP_2).build(), BodyHandlers.ofByteArray());
    await().atMost(PATIENCE).until(() -> image.downloads.get() == 1);
    waiting.cancel(true);

    assertThat(image.cancelled.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    gateway.close(PATIENCE); // all that is to be said has been said
    assertThat(image.settlements) // none, when it left before the claim was told
        .hasSizeLessThanOrEqualTo(1)
        .allSatisfy(settled -> {
          assertThat(settled.getOutcome()).isEqualTo(Outcome.BROKEN);
          assertThat(settled.getRangesList()).isEmpty();
        });
  }

  static Stream<Arguments> breaks() {
    return Stream.of(Version.values())
        .flatMap(version ->
            Stream.of(
                Arguments.of(version, "fails", true),
                Arguments.of(version, "fails", false),
                Arguments.of(version, "lacks its last message", false),
                Arguments.of(version, "has a gap", false),
                Arguments.of(version, "is out of order", false)));
  }

  @ParameterizedTest(name = "{0}: {1}, size known: {2}")
  @MethodSource("breaks")
  void imageThatBreaksOffNeverEndsCleanly(Version version, String how, boolean sizeKnown)
      throws IOException {
    goFor(version);
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(3_000_000));
    image.complete = sizeKnown;
    switch (how) {
      case "fails" -> {
        image.failAtBytes = 2_000_000;
        image.failure = Refusals.of(Code.INTERNAL, ErrorReason.FUNCTION_FAILED, Map.of());
      }
      case "has a gap" -> image.gapAtChunk = 5;
      case "is out of order" -> image.shiftAtChunk = 5;
      default -> image.lacksLast = true;
    }

    assertThatThrownBy(() -> send(request(contentOf(image)).version(version)))
        .isInstanceOf(IOException.class);

    SettlePickupRequest settled = settlementOf(image);
    assertThat(settled.getOutcome()).isEqualTo(Outcome.BROKEN);
    assertThat(settled.getInDoubt().getEnd()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"keep-alive", "close"})
  void chunkedResponseThatBreaksOffHasNoLastChunk(String connection) throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(300_000));
    image.complete = false;
    image.failAtBytes = 200_000;
    image.failure = Refusals.of(Code.INTERNAL, ErrorReason.FUNCTION_FAILED, Map.of());

    try (var client = new RawConnection(gateway.httpPort())) {
      client.send(
          "GET /v1/%s/content HTTP/1.1\r\nHost: gateway\r\nConnection: %s\r\n\r\n"
              .formatted(image.name, connection));
      assertThat(client.head()).contains("Transfer-Encoding: chunked");
      String body = new String(client.readToEnd(), StandardCharsets.ISO_8859_1);
      assertThat(body).doesNotEndWith("0\r\n\r\n");
    }
  }

  @Test
  void brokenGeneratorCutsAReaderThatHasStalled() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(SIZE));

    try (var client = new RawConnection(gateway.httpPort(), 4096)) {
      client.get("/v1/" + image.name + "/content").head();
      awaitStall(image);
      generator.close();
      assertThat(client.readToEnd().length).isLessThan(SIZE);
    }
  }

  @Test
  void settlementIsSaidAgainToAGeneratorThatDoesNotAnswer() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    generator.deafSettlements.set(3);

    assertThat(get(contentOf(image)).body()).isEqualTo(image.bytes);

    assertThat(settlementOf(image).getOutcome()).isEqualTo(Outcome.COMPLETE);
  }

  /** Waits until the generator is not asked for any more; tells how many chunks it has sent. */
  static int awaitStall(ScriptedImage image) {
    int[] seen = {-1};
    await()
        .atMost(PATIENCE)
        .pollInterval(java.time.Duration.ofMillis(300))
        .until(() -> {
          int before = seen[0];
          seen[0] = image.chunksSent.get();
          return before > 0 && before == seen[0];
        });
    return seen[0];
  }

  static SettlePickupRequest settlementOf(ScriptedImage image) {
    await().atMost(PATIENCE).until(() -> !image.settlements.isEmpty());
    assertThat(image.settlements).hasSize(1);
    return image.settlements.getFirst();
  }
}
