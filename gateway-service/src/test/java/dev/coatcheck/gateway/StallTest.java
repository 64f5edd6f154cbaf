package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.kit.limits.Refusal;
import dev.coatcheck.testing.Http2Download;
import dev.coatcheck.testing.RawHttp2;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.GetImageRequest;
import dev.coatcheck.v1.ImageServiceGrpc;
import dev.coatcheck.v1.SettlePickupRequest;
import dev.coatcheck.v1.SettlePickupRequest.Outcome;
import java.io.IOException;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Readers that take nothing are cut; those who are given nothing are not. */
final class StallTest extends GatewayTest {

  private static final int SIZE = 40_000_000;

  @Override
  Duration stallTimeout() {
    return Duration.ofSeconds(1);
  }

  @Test
  void readerThatTakesNothingIsCutOverHttp1() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(SIZE));

    try (var client = new RawConnection(gateway.httpPort(), 4096)) {
      client.get("/v1/" + image.name + "/content").head();

      SettlePickupRequest settled = BrokenDownloadTest.settlementOf(image);
      assertThat(settled.getOutcome()).isEqualTo(Outcome.BROKEN);
      assertThat(settled.getInDoubt().getEnd()).isBetween(1L, SIZE - 1L);
    }
  }

  /** Its window is as it was at first, 64 KiB, and is never given back. */
  @Test
  void readerThatTakesNothingIsCutOverHttp2() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(SIZE));

    try (var client = new RawHttp2(gateway.httpPort())) {
      client.get(1, "/v1/" + image.name + "/content");

      assertThat(client.await(RawHttp2.DATA)).isPresent();
      SettlePickupRequest settled = BrokenDownloadTest.settlementOf(image);
      assertThat(settled.getOutcome()).isEqualTo(Outcome.BROKEN);
    }
  }

  /** Of the stream it would take all: it is its kernel that takes no more. */
  @Test
  void connectionThatTakesNothingIsCutOverHttp2() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(SIZE));

    try (var _ = Http2Download.get(gateway.httpPort(), "/v1/" + image.name + "/content", 1 << 30)) {
      SettlePickupRequest settled = BrokenDownloadTest.settlementOf(image);
      assertThat(settled.getOutcome()).isEqualTo(Outcome.BROKEN);
      assertThat(settled.getInDoubt().getEnd()).isLessThan(SIZE);
    }
  }

  /** What fits into its window is all but the end, or a part; it never gives it back. */
  @ParameterizedTest
  @ValueSource(ints = {100_000, 1_000_000})
  void callerWhoseWindowStaysShutIsCut(int windowBytes) throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(windowBytes + 100_000));

    try (var client = call(image, windowBytes)) {
      SettlePickupRequest settled = BrokenDownloadTest.settlementOf(image);
      assertThat(settled.getOutcome()).isEqualTo(Outcome.BROKEN);
      assertThat(client.awaitReset()).isEqualTo(Http2Download.CANCEL);
    }
  }

  /** Its stream may have all of it, but there is no room on its connection. */
  @Test
  void callerWhoseConnectionHasNoWindowIsCut() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1_000_000));

    try (var client = call(image, 65_535)) {
      client.giveBackToStream(1 << 20);
      SettlePickupRequest settled = BrokenDownloadTest.settlementOf(image);
      assertThat(settled.getOutcome()).isEqualTo(Outcome.BROKEN);
      assertThat(client.awaitReset()).isEqualTo(Http2Download.CANCEL);
    }
    assertThat(gateway.grpcRefusals().total(Refusal.STALLED)).isEqualTo(1);
  }

  /** An answer that is not taken would hold one of the port's calls. */
  @Test
  void callerWithoutAWindowIsCut() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1));

    try (var client =
        Http2Download.call(
            gateway.grpcPort(),
            ImageServiceGrpc.getGetImageMethod().getFullMethodName(),
            GetImageRequest.newBuilder().setName(image.name).build(),
            0)) {
      assertThat(client.awaitReset()).isEqualTo(Http2Download.CANCEL);
    }
    assertThat(gateway.grpcRefusals().total(Refusal.STALLED)).isEqualTo(1);
  }

  /** Its window is used up whenever anybody looks, since it reads more slowly than we send. */
  @Test
  void callerThatReadsSlowlyIsNotCut() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(SIZE));
    long end = System.nanoTime() + stallTimeout().multipliedBy(8).toNanos();

    int windowBytes = 65_535;
    int takenBytes = 0;
    try (var client = call(image, windowBytes)) {
      while (System.nanoTime() - end < 0) {
        RawHttp2.Frame frame = client.next().orElseThrow();
        assertThat(frame.type()).isNotEqualTo(RawHttp2.RST_STREAM);
        takenBytes += frame.type() == RawHttp2.DATA ? frame.payload().size() : 0;
        if (takenBytes == windowBytes) {
          takenBytes = 0;
          Thread.sleep(400);
          client.release(windowBytes);
        }
      }
      assertThat(image.settlements).isEmpty();
      assertThat(gateway.grpcRefusals().total(Refusal.STALLED)).isZero();
    }
  }

  /** It has windows for all, but its kernel takes no more. */
  @Test
  void connectionThatTakesNothingIsClosedOverGrpc() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(SIZE));

    try (var _ = call(image, 1 << 30)) {
      SettlePickupRequest settled = BrokenDownloadTest.settlementOf(image);
      assertThat(settled.getOutcome()).isEqualTo(Outcome.BROKEN);
      assertThat(settled.getInDoubt().getEnd()).isLessThan(SIZE);
      await().atMost(PATIENCE).until(() -> gateway.grpcRefusals().total(Refusal.STALLED) > 0);
    }
  }

  /** It has all of it, and never says so. */
  @Test
  void callerThatAcknowledgesNothingIsCut() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(100_000));

    try (var client = call(image, 1 << 20)) {
      var _ = client.awaitPing();
      client.readToEnd(); // the trailers

      SettlePickupRequest settled = BrokenDownloadTest.settlementOf(image);
      assertThat(settled.getOutcome()).isEqualTo(Outcome.BROKEN);
    }
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void functionMayTakeLongerThanAReaderMay(Version version) throws Exception {
    goFor(version);
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1_000_000));
    image.complete = false;
    image.gateBytes = 0;

    var body =
        http.sendAsync(
            request(contentOf(image)).version(version).build(), BodyHandlers.ofByteArray());
    await().atMost(PATIENCE).until(() -> image.downloads.get() == 1);
    await().during(stallTimeout().multipliedBy(3)).until(() -> !body.isDone());
    image.openTo(300_000);
    await().atMost(PATIENCE).until(() -> image.chunksSent.get() == 2);
    await().during(stallTimeout().multipliedBy(3)).until(() -> !body.isDone());
    image.openTo(Integer.MAX_VALUE);

    assertThat(body.get().body()).isEqualTo(image.bytes);
  }

  private Http2Download call(ScriptedImage image, int windowBytes) throws IOException {
    return Http2Download.call(
        gateway.grpcPort(),
        ImageServiceGrpc.getDownloadImageMethod().getFullMethodName(),
        DownloadImageRequest.newBuilder().setName(image.name).build(),
        windowBytes);
  }
}
