package dev.coatcheck.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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

    var closing =
        CompletableFuture.runAsync(() -> {
          try {
            gateway.close(Duration.ofSeconds(20));
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    var _ = watching.body().readAllBytes(); // it ends, as it should
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            Assertions.assertThatThrownBy(() -> new RawConnection(port).close())
                .isInstanceOf(ConnectException.class));
    assertThat(closing).isNotDone();

    image.openTo(Integer.MAX_VALUE);

    assertThat(body.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).body()).isEqualTo(image.bytes);
    closing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(image.settlements)
        .singleElement()
        .satisfies(settled -> assertThat(settled.getOutcome()).isEqualTo(Outcome.COMPLETE));
  }
}
