package dev.coatcheck.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.testing.Http2Download;
import dev.coatcheck.v1.SettlePickupRequest.Outcome;
import java.net.ConnectException;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** A gateway that ends while it works. */
final class ShutdownTest extends GatewayTest {

  /**
   * 1. A body is under way, and somebody watches. 2. The gateway is told to end: it takes nobody
   * new, and the watcher's stream ends. 3. The body goes on to its end. 4. The gateway has told the
   * generator, and is gone.
   */
  @Test
  void bodiesInFlightAreNotCut() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(3_000_000));
    image.complete = false;
    image.gateBytes = 1_000_000;
    int port = gateway.httpPort();
    var watching =
        http.send(
            request(uri("/v1/" + image.name + "/events")).build(), BodyHandlers.ofInputStream());
    String firstLine = "event: state";
    assertThat(new String(watching.body().readNBytes(firstLine.length()), UTF_8))
        .isEqualTo(firstLine);
    var body = http.sendAsync(request(contentOf(image)).build(), BodyHandlers.ofByteArray());
    await().atMost(PATIENCE).until(() -> image.chunksSent.get() == 4);

    var closing = closing();
    var _ = watching.body().readAllBytes(); // it ends, as it should
    awaitNobodyNew(port);
    assertThat(closing).isNotDone();

    image.openTo(Integer.MAX_VALUE);

    assertThat(body.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).body()).isEqualTo(image.bytes);
    closing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(image.settlements)
        .singleElement()
        .satisfies(settled -> assertThat(settled.getOutcome()).isEqualTo(Outcome.COMPLETE));
  }

  /**
   * 1. A body waits for its function, and a create for its image. 2. The gateway is told to end,
   * and nothing happens for a while. 3. Both are answered to their end.
   */
  @Test
  void whoWaitsIsNotCut() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(3_000_000));
    image.complete = false;
    image.gateBytes = 1_000_000;
    var body = http.sendAsync(request(contentOf(image)).build(), BodyHandlers.ofByteArray());
    await().atMost(PATIENCE).until(() -> image.chunksSent.get() == 4);
    generator.slowGets = Duration.ofSeconds(3);
    var waiting =
        http.sendAsync(request(uri("/v1/" + image.name)).build(), BodyHandlers.ofByteArray());
    await().atMost(PATIENCE).until(() -> generator.gets.size() == 1);

    var closing = closing();
    assertThat(waiting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    image.openTo(Integer.MAX_VALUE);

    assertThat(body.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).body()).isEqualTo(image.bytes);
    closing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /**
   * 1. A response over HTTP/2 is written, and not known to be received. 2. The gateway is told to
   * end: it asks at once, and tells the generator what it has learnt.
   */
  @Test
  void evidenceThatIsUnderWayIsWaitedFor() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(100_000));
    CompletableFuture<Void> closing;
    try (var client =
        Http2Download.get(gateway.httpPort(), "/v1/" + image.name + "/content", 1 << 20)) {
      client.readToEnd();

      closing = closing();
      client.acknowledge(client.awaitPing());
      await().atMost(PATIENCE).until(() -> !image.settlements.isEmpty());
    }
    closing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(image.settlements)
        .singleElement()
        .satisfies(settled -> assertThat(settled.getOutcome()).isEqualTo(Outcome.COMPLETE));
  }

  /**
   * 1. The gateway is told to end, and has to wait for a body. 2. A request comes on a connection
   * that was open: it is answered, and told that there is no next one.
   */
  @Test
  void lateRequestOnAnOpenConnectionIsAnswered() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(3_000_000));
    image.complete = false;
    image.gateBytes = 1_000_000;
    try (RawConnection open = new RawConnection(gateway.httpPort())) {
      open.body(open.get("/healthz").head());
      var body = http.sendAsync(request(contentOf(image)).build(), BodyHandlers.ofByteArray());
      await().atMost(PATIENCE).until(() -> image.chunksSent.get() == 4);
      int port = gateway.httpPort();

      var closing = closing();
      awaitNobodyNew(port);
      String head = open.get("/v1/" + image.name).head();

      assertThat(head).startsWith("HTTP/1.1 200 ").containsIgnoringCase("Connection: close");
      assertThat(open.body(head)).contains(image.name);
      assertThat(open.readToEnd()).isEmpty();
      image.openTo(Integer.MAX_VALUE);
      assertThat(body.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).body()).isEqualTo(image.bytes);
      closing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  /** Connections on which nothing runs hold nobody up. */
  @Test
  void idleConnectionsHoldNobodyUp() throws Exception {
    try (RawConnection idle = new RawConnection(gateway.httpPort())) {
      idle.body(idle.get("/healthz").head());
      long start = System.nanoTime();

      closing().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      assertThat(idle.readToEnd()).isEmpty();
    }
  }

  /**
   * On a thread of its own: the common pool's few are needed by the generator that answers late.
   */
  private CompletableFuture<Void> closing() {
    return CompletableFuture.runAsync(
        () -> {
          try {
            gateway.close(Duration.ofSeconds(20));
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        },
        closing -> Thread.ofPlatform().start(closing));
  }

  private static void awaitNobodyNew(int port) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            Assertions.assertThatThrownBy(() -> new RawConnection(port).close())
                .isInstanceOf(ConnectException.class));
  }
}
