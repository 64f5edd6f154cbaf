package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Readers that have stalled may hold all the streams that a generator permits on a connection; what
 * has a short answer goes on beside them.
 */
final class ControlConnectionTest extends GatewayTest {

  private static final int SIZE = 20_000_000;

  private final List<RawConnection> readers = new ArrayList<>();

  @Override
  int generatorStreams() {
    return 2;
  }

  @AfterEach
  void leave() throws Exception {
    for (RawConnection reader : readers) {
      reader.reset();
    }
  }

  @Test
  void createsAndSettlementsDoNotQueueBehindReadersThatHaveStalled() throws Exception {
    List<ScriptedImage> images = new ArrayList<>();
    // as many as fill the transfer connection of each loop, and more that wait behind them
    int count = 4 * Runtime.getRuntime().availableProcessors();
    for (int i = 0; i < count; i++) {
      var image = generator.hold(ScriptedImage.ofSize(SIZE));
      images.add(image);
      var reader = new RawConnection(gateway.httpPort(), 4096);
      readers.add(reader);
      reader.get("/v1/" + image.name + "/content");
    }
    await()
        .atMost(PATIENCE)
        .until(() ->
            images.stream().filter(image -> image.downloads.get() > 0).count()
                >= 2L * Runtime.getRuntime().availableProcessors());

    assertThat(post("/v1/images", "{\"spec\": {\"zoom\": 1}}").statusCode()).isEqualTo(202);
    assertThat(get(uri("/v1/" + images.getFirst().name)).statusCode()).isEqualTo(200);
    assertThat(gateway.fleet().active()).isEqualTo(1);
  }
}
