package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.SettlePickupRequest.Outcome;
import io.grpc.Status.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Over HTTP/1.1, a client that leaves while it is waited for is noticed before it is written to.
 */
final class ClientPresenceTest extends GatewayTest {

  private static final int SIZE = 300_000;

  enum Leaving {
    RESET,
    CLOSE;

    void by(RawConnection client) throws IOException {
      switch (this) {
        case RESET -> client.reset();
        case CLOSE -> client.close();
      }
    }
  }

  private ScriptedImage unfinished() {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(SIZE));
    image.complete = false;
    image.gateBytes = 0;
    return image;
  }

  @ParameterizedTest
  @EnumSource(Leaving.class)
  void clientThatLeavesBeforeTheFirstByteFreesTheClaim(Leaving leaving) throws Exception {
    ScriptedImage image = unfinished();
    RawConnection client = new RawConnection(gateway.httpPort());
    client.get("/v1/" + image.name + "/content");
    await().atMost(PATIENCE).until(() -> image.downloads.get() == 1);

    leaving.by(client);

    assertThat(image.cancelled.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    await().atMost(PATIENCE).until(() -> image.settlements.size() == 1);
    assertThat(image.settlements.getFirst().getOutcome()).isEqualTo(Outcome.BROKEN);
  }

  @Test
  void clientThatIsResetBetweenTwoBytesFreesTheClaim() throws Exception {
    ScriptedImage image = unfinished();
    image.gateBytes = 1000;
    try (RawConnection client = new RawConnection(gateway.httpPort())) {
      client.get("/v1/" + image.name + "/content").head();
      client.reset();
    }

    assertThat(image.cancelled.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(BrokenDownloadTest.settlementOf(image).getOutcome()).isEqualTo(Outcome.BROKEN);
  }

  /** The generator has yet to say that these were the last bytes. */
  @Test
  void clientThatHasAllOfItMayClose() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(SIZE));
    image.holdsLast = true;
    try (RawConnection client = new RawConnection(gateway.httpPort())) {
      client.send(
          "GET /v1/%s/content HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n"
              .formatted(image.name));
      assertThat(client.head()).startsWith("HTTP/1.1 200 ");
      assertThat(client.readToEnd()).isEqualTo(image.bytes);
    }
    await()
        .atMost(PATIENCE)
        .during(Duration.ofSeconds(2))
        .until(() -> image.cancelled.getCount() == 1 && image.settlements.isEmpty());

    image.holdsLast = false;
    image.go();

    assertThat(BrokenDownloadTest.settlementOf(image).getOutcome()).isEqualTo(Outcome.COMPLETE);
  }

  /** It is asked whether it is there, by a response that it skips. */
  @Test
  void clientThatEndsWhatItSendsIsServed() throws Exception {
    ScriptedImage image = unfinished();
    try (RawConnection client = new RawConnection(gateway.httpPort())) {
      client.get("/v1/" + image.name + "/content").endOutput();
      assertThat(client.head()).startsWith("HTTP/1.1 102 ");
      assertThat(image.cancelled.getCount()).isEqualTo(1);
      image.openTo(Integer.MAX_VALUE);

      assertThat(client.head()).startsWith("HTTP/1.1 200 ");
      String body = new String(client.readToEnd(), StandardCharsets.ISO_8859_1);
      assertThat(body).endsWith("\r\n0\r\n\r\n").hasSizeGreaterThan(SIZE);
    }
    assertThat(image.downloads).hasValue(1);
  }

  /** It knows no interim responses. */
  @Test
  void clientOfHttp10ThatEndsWhatItSendsIsServed() throws Exception {
    ScriptedImage image = unfinished();
    image.complete = true;
    try (RawConnection client = new RawConnection(gateway.httpPort())) {
      client.send("GET /v1/" + image.name + "/content HTTP/1.0\r\n\r\n").endOutput();
      await().atMost(PATIENCE).until(() -> image.downloads.get() == 1);
      await()
          .atMost(PATIENCE)
          .during(Duration.ofSeconds(2))
          .until(() -> image.cancelled.getCount() == 1);
      image.openTo(Integer.MAX_VALUE);
      assertThat(client.head()).startsWith("HTTP/1.1 200 ");
      assertThat(client.readToEnd()).isEqualTo(image.bytes);
    }
  }

  @ParameterizedTest
  @EnumSource(Leaving.class)
  void clientThatLeavesWhileItPollsIsNotWaitedForByTheGenerator(Leaving leaving) throws Exception {
    ScriptedImage image = unfinished();
    generator.silentGets = true;
    RawConnection client = new RawConnection(gateway.httpPort());
    client.send(
        "GET /v1/%s HTTP/1.1\r\nHost: gateway\r\nPrefer: wait=60\r\n\r\n".formatted(image.name));
    await().atMost(PATIENCE).until(() -> generator.gets.size() == 1);

    leaving.by(client);

    await().atMost(PATIENCE).until(() -> generator.cancelledGets.get() == 1);
  }

  @ParameterizedTest
  @EnumSource(Leaving.class)
  void clientThatLeavesWhileItsPartIsTakenInIsNoticed(Leaving leaving) throws Exception {
    generator.ingest.stopReading(); // what is sent lies in between, and the answer does not come
    RawConnection client = new RawConnection(gateway.httpPort());
    client.send(
        ("PATCH /v1/uploads/%s HTTP/1.1\r\nHost: gateway\r\nUpload-Offset: 0\r\n"
                + "Upload-Writer: a\r\nContent-Length: 3\r\n\r\nabc")
            .formatted(generator.uploadToken(Instant.now().plusSeconds(60))));
    await().atMost(PATIENCE).until(() -> generator.calls.get() == 1);

    leaving.by(client);

    await().atMost(PATIENCE).until(() -> generator.ingest.cancelledParts.get() == 1);
  }

  @Test
  void watcherThatIsResetIsNotToldAnyMore() throws Exception {
    ScriptedImage image = unfinished();
    try (RawConnection client = new RawConnection(gateway.httpPort())) {
      client.get("/v1/" + image.name + "/events").head();
      await().atMost(PATIENCE).until(() -> generator.imageWatchers() == 1);
      client.reset();
    }

    await().atMost(PATIENCE).until(() -> generator.cancelledWatches.get() == 1);
  }

  /** The next request on its connection is not taken for one whose client has left. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void clientThatStaysIsServedAgainAndAgain(int times) throws Exception {
    try (RawConnection client = new RawConnection(gateway.httpPort())) {
      for (int i = 0; i < times; i++) {
        ScriptedImage image = unfinished();
        client.get("/v1/" + image.name + "/content");
        await().atMost(PATIENCE).until(() -> image.downloads.get() == 1);
        await()
            .atMost(PATIENCE)
            .during(Duration.ofSeconds(1))
            .until(() -> image.cancelled.getCount() == 1);
        image.failAtBytes = 0;
        image.failure = Refusals.of(Code.INTERNAL, ErrorReason.FUNCTION_FAILED, Map.of());
        image.go();
        String head = client.head();
        assertThat(head).startsWith("HTTP/1.1 502 ");
        client.body(head);
      }
    }
  }
}
