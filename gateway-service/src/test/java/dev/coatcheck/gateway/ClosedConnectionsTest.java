package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.testing.RawHttp2;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Many HTTP/2 connections, each with many streams, that close at once. */
@Isolated("it counts the threads of the whole process")
final class ClosedConnectionsTest extends GatewayTest {

  private static final int STREAMS = 100;

  /** The server's library would start one for each stream. */
  @Test
  void connectionsThatCloseTakeNoThreads() throws Exception {
    var image = generator.hold(ScriptedImage.ofSize(1000));
    List<RawHttp2> clients = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      var client = new RawHttp2(gateway.httpPort());
      clients.add(client);
      for (int stream = 1; stream < 2 * STREAMS; stream += 2) {
        client.get(stream, "/v1/" + image.name + "/events");
      }
    }
    for (RawHttp2 client : clients) {
      for (int i = 0; i < STREAMS; i++) {
        assertThat(client.await(RawHttp2.HEADERS)).isPresent();
      }
    }
    var threads = ManagementFactory.getThreadMXBean();
    threads.resetPeakThreadCount();
    int before = threads.getPeakThreadCount();
    long started = threads.getTotalStartedThreadCount();

    for (RawHttp2 client : clients) {
      client.close();
    }

    await().atMost(PATIENCE).until(() -> generator.cancelledWatches.get() >= 10 * STREAMS);
    assertThat(threads.getPeakThreadCount() - before).isLessThanOrEqualTo(32);
    assertThat(threads.getTotalStartedThreadCount() - started).isLessThanOrEqualTo(64);
    assertThat(get(uri("/healthz")).statusCode()).isEqualTo(200);
  }
}
