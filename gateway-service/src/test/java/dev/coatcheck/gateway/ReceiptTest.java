package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.v1.SettlePickupRequest;
import dev.coatcheck.v1.SettlePickupRequest.Outcome;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/**
 * An image that the client's kernel has swallowed whole is delivered on evidence that its program
 * has it, over HTTP/1.1.
 */
final class ReceiptTest extends GatewayTest {

  /** The kernels at both ends take it all, whether a program reads or not. */
  private static final int SIZE = 300_000;

  private static final Duration MOMENT = Duration.ofMillis(700);

  private final ScriptedImage image = ScriptedImage.ofSize(SIZE);

  @Test
  void clientThatClosesWhenItHasReadAllHasReceivedIt() throws Exception {
    try (RawConnection client = download()) {
      client.body(client.head());
    }

    assertThat(settlement().getOutcome()).isEqualTo(Outcome.COMPLETE);
    assertThat(settlement().getRanges(0).getEnd()).isEqualTo(SIZE);
  }

  @Test
  void clientThatAskedForTheConnectionToCloseHasReceivedIt() throws Exception {
    generator.hold(image);
    try (RawConnection client = new RawConnection(gateway.httpPort())) {
      client.send(
          "GET /v1/%s/content HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
              .formatted(image.name));
      client.readToEnd();
    }

    assertThat(settlement().getOutcome()).isEqualTo(Outcome.COMPLETE);
  }

  @Test
  void clientThatClosesWithBytesUnreadHasNot() throws Exception {
    RawConnection client = downloadIntoItsKernel();
    client.head();
    client.read(1000);
    awaitWritten();
    client.close();

    assertThat(settlement().getOutcome()).isEqualTo(Outcome.BROKEN);
    assertThat(settlement().getRangesList()).isEmpty();
    assertThat(settlement().getInDoubt().getEnd()).isEqualTo(SIZE - 1);
    assertThat(gateway.relayStats().unconfirmedResponses()).isEqualTo(1);
  }

  /**
   * As a JVM closes a socket: first the output, and a moment later the rest. Where this machine
   * took longer than a moment, it is tried once more.
   */
  @RepeatedTest(5)
  void clientThatEndsItsOutputAndClosesWithBytesUnreadHasNot() throws Exception {
    ScriptedImage closed = image;
    while (!closesInTwoSteps(closed)) {
      closed = ScriptedImage.ofSize(SIZE);
    }

    assertThat(BrokenDownloadTest.settlementOf(closed).getOutcome()).isEqualTo(Outcome.BROKEN);
  }

  /** True if the second step came soon enough to count. */
  private boolean closesInTwoSteps(ScriptedImage of) throws Exception {
    RawConnection client = downloadIntoItsKernel(of);
    client.head();
    client.read(1000);
    awaitWritten(of);
    long begun = System.nanoTime();
    client.endOutput();
    Thread.sleep(5);
    client.close();
    return System.nanoTime() - begun < Duration.ofMillis(20).toNanos();
  }

  @Test
  void readerOfEventsThatClosesWithBytesUnreadHasNot() throws Exception {
    generator.hold(image);
    RawConnection client = new RawConnection(gateway.httpPort(), 1 << 20);
    client.send(
        "GET /v1/%s/content HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
            .formatted(image.name));
    assertThat(client.head()).contains("text/event-stream");
    client.read(1000);
    awaitWritten();
    client.close();

    assertThat(settlement().getOutcome()).isEqualTo(Outcome.BROKEN);
  }

  @Test
  void clientThatSendsItsNextRequestHasReceivedIt() throws Exception {
    try (RawConnection client = download()) {
      client.body(client.head());
      client.get("/healthz").head();

      assertThat(settlement().getOutcome()).isEqualTo(Outcome.COMPLETE);
    }
  }

  @Test
  void clientThatBeginsItsNextPickupHasReceivedIt() throws Exception {
    ScriptedImage next = ScriptedImage.ofSize(SIZE);
    next.gateBytes = 0;
    generator.hold(next);
    try (RawConnection client = download()) {
      client.body(client.head());
      client.get("/v1/" + next.name + "/content"); // to which there is no answer

      assertThat(settlement().getOutcome()).isEqualTo(Outcome.COMPLETE);
      next.openTo(Integer.MAX_VALUE);
    }
  }

  @RepeatedTest(5)
  void deletionComesBehindTheReceiptThatItsRequestShows() throws Exception {
    ScriptedImage before =
        ScriptedImage.ofSize(SIZE); // calls have an order once there is a connection
    generator.hold(before);
    generator.hold(image);
    try (RawConnection client = new RawConnection(gateway.httpPort())) {
      client.body(client.get("/v1/" + before.name + "/content").head());
      client.body(client.get("/v1/" + image.name + "/content").head());
      BrokenDownloadTest.settlementOf(before);
      client.send("DELETE /v1/%s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(image.name));
      client.head();

      assertThat(image.settlementsAtDelete).isEqualTo(1);
    }
  }

  @Test
  void clientThatBreaksItsNextPickupOffHasReceivedIt() throws Exception {
    ScriptedImage next = ScriptedImage.ofSize(SIZE);
    generator.hold(next);
    RawConnection client = download();
    client.body(client.head());
    client.get("/v1/" + next.name + "/content").head();
    client.reset();

    assertThat(settlement().getOutcome()).isEqualTo(Outcome.COMPLETE);
    assertThat(BrokenDownloadTest.settlementOf(next).getOutcome()).isEqualTo(Outcome.BROKEN);
  }

  @Test
  void requestThatWasPipelinedIsNoEvidence() throws Exception {
    image.complete = false;
    image.gateBytes = SIZE / 2;
    RawConnection client = downloadIntoItsKernel();
    client.head(); // so that its request is read by now, and nothing else
    client.send("GET /healthz HTTP/1.1\r\n");
    client.read(1000);
    Thread.sleep(MOMENT);
    image.openTo(Integer.MAX_VALUE);
    awaitWritten();
    client.send("Host: localhost\r\n\r\n"); // which is read when all is acknowledged
    Thread.sleep(MOMENT);
    assertThat(image.settlements).isEmpty();
    client.close();

    assertThat(settlement().getOutcome()).isEqualTo(Outcome.BROKEN);
  }

  @Test
  void clientThatKeepsTheConnectionHasReceivedItAfterSomeTime() throws Exception {
    try (RawConnection client = download()) {
      client.body(client.head());
      awaitWritten();
      assertThat(image.settlements).isEmpty();

      assertThat(settlement().getOutcome()).isEqualTo(Outcome.COMPLETE);
    }
  }

  @Test
  void endThatCameBeforeTheResponseIsNoEvidence() throws Exception {
    RawConnection client = downloadIntoItsKernel();
    client.endOutput();
    client.head();
    client.read(1000);
    awaitWritten();
    assertThat(image.settlements).isEmpty();
    client.close();

    assertThat(settlement().getOutcome()).isEqualTo(Outcome.BROKEN);
  }

  @Test
  void endThatCameBeforeTheLastByteWasAcknowledgedIsNoLoss() throws Exception {
    generator.hold(image);
    try (RawConnection client = new RawConnection(gateway.httpPort(), 4096)) {
      client.send(
          "GET /v1/%s/content HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
              .formatted(image.name));
      awaitWritten();
      client.endOutput();
      Thread.sleep(MOMENT);
      assertThat(image.settlements).isEmpty();
      client.readToEnd();
    }

    assertThat(settlement().getOutcome()).isEqualTo(Outcome.COMPLETE);
  }

  private RawConnection download() throws IOException {
    generator.hold(image);
    return new RawConnection(gateway.httpPort()).get("/v1/" + image.name + "/content");
  }

  /** A client whose kernel takes all of the image, whatever the client reads. */
  private RawConnection downloadIntoItsKernel() throws IOException {
    return downloadIntoItsKernel(image);
  }

  private RawConnection downloadIntoItsKernel(ScriptedImage of) throws IOException {
    generator.hold(of);
    return new RawConnection(gateway.httpPort(), 1 << 20).get("/v1/" + of.name + "/content");
  }

  private void awaitWritten() throws InterruptedException {
    awaitWritten(image);
  }

  /** All of it is in kernels, and for a moment nothing has come of that. */
  private static void awaitWritten(ScriptedImage of) throws InterruptedException {
    BrokenDownloadTest.awaitStall(of);
    Thread.sleep(MOMENT);
  }

  private SettlePickupRequest settlement() {
    await().atMost(PATIENCE).until(() -> !image.settlements.isEmpty());
    return image.settlements.getFirst();
  }
}
