package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The generator hears of readers who take less than a chunk in a few seconds. */
final class SlowReaderTest extends GatewayTest {

  private static final int SIZE = 40_000_000;

  @Test
  void generatorHearsOfAReaderThatIsSlow() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(SIZE));

    try (var client = new RawConnection(gateway.httpPort(), 4096)) {
      client.get("/v1/" + image.name + "/content").head();
      await()
          .atMost(PATIENCE.multipliedBy(2))
          .pollInterval(Duration.ofMillis(500)) // 80 kB/s: a chunk takes longer than a report
          .until(() -> {
            assertThat(client.read(40_000)).hasSize(40_000);
            return image.progress.size() >= 1;
          });
      assertThat(image.progress)
          .allSatisfy(report -> {
            assertThat(report.getEpoch()).isEqualTo(7);
            assertThat(report.getStream()).isEqualTo(3);
          });
    }
  }

  @Test
  void generatorHearsNothingOfOneThatTakesNothing() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(SIZE));

    try (var client = new RawConnection(gateway.httpPort(), 4096)) {
      client.get("/v1/" + image.name + "/content").head();
      Thread.sleep(3000); // what was written at once is told once at most
      int told = image.progress.size();
      Thread.sleep(5000);
      assertThat(image.progress).hasSize(told);
    }
  }
}
