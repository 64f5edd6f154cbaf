package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.generator.GeneratorServer;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient.Version;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A generator that stops in the middle of its images, of two. */
@Timeout(60)
class LostGeneratorIT {

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String SLOW =
      """
      {"transfer": "RESPONSE_STREAM", "maxBytes": 3000000,
       "spec": {"sizeBytes": 3000000, "bytesPerSecond": 500000}}
      """;

  @TempDir private Path directory;

  /**
   * 1. Two readers each have a part of an image of the same generator. 2. It stops: no reader has a
   * clean end. 3. Its keys are answered 503, and creates go to the other generator, at once.
   */
  @Test
  void breaksWhatItWasSendingAndNothingElse() throws Exception {
    InProcessFleet fleet = InProcessFleet.start(directory, 2, 1, Map.of());
    try (HttpCaller http = new HttpCaller(fleet.http(0), Version.HTTP_1_1);
        RpcCaller rpc = new RpcCaller(fleet.gateways.getFirst().grpcPort())) {
      String one = http.create(SLOW);
      GeneratorServer lost = holder(fleet);
      List<String> others = new ArrayList<>();
      String two = rpc.create(SLOW);
      while (lost.store().size() < 2) {
        others.add(two);
        two = rpc.create(SLOW);
      }
      try (InputStream body = http.beginContent(one)) {
        assertThat(body.readNBytes(1000)).hasSize(1000);
        var chunks = rpc.beginDownload(two);
        while (chunks.next().getData().isEmpty()) {
          // the head
        }

        lost.close();
        fleet.generators.remove(lost);

        Assertions.assertThatThrownBy(body::readAllBytes).isInstanceOf(IOException.class);
        Assertions.assertThatThrownBy(
                () -> chunks.forEachRemaining(chunk -> assertThat(chunk.getLast()).isFalse()))
            .isInstanceOf(StatusRuntimeException.class);
      }

      for (String name : List.of(one, two)) {
        isUnavailable(http, rpc, name);
      }
      await().atMost(SOON).until(() -> fleet.gateways.getFirst().fleet().active() == 1);
      for (int i = 0; i < 8; i++) {
        String name = http.create("{\"maxBytes\": 1000, \"spec\": {\"sizeBytes\": 1000}}");
        assertThat(http.content(name)).isInstanceOf(Ending.Whole.class);
        others.add(name);
      }
      for (String name : others) {
        assertThat(http.send("DELETE", "/v1/" + name, "").statusCode()).isEqualTo(204);
      }
      fleet.awaitBaseline();
    } finally {
      fleet.close();
    }
  }

  private static GeneratorServer holder(InProcessFleet fleet) {
    return fleet.generators.stream()
        .filter(generator -> generator.store().size() == 1)
        .findFirst()
        .orElseThrow();
  }

  private static void isUnavailable(HttpCaller http, RpcCaller rpc, String name) throws Exception {
    for (String path : List.of("", "/content", "/events")) {
      var answer = http.send("GET", "/v1/" + name + path, "");
      assertThat(Refused.of(answer, answer.body()))
          .isEqualTo(new Refused("503", "GENERATOR_UNAVAILABLE", ""));
      assertThat(answer.headers().firstValueAsLong("Retry-After").orElseThrow()).isPositive();
    }
    assertThat(http.refusal("DELETE", "/v1/" + name, ""))
        .isEqualTo(new Refused("503", "GENERATOR_UNAVAILABLE", ""));
    var unavailable = new Refused("UNAVAILABLE", "GENERATOR_UNAVAILABLE", "");
    assertThat(RpcCaller.refusal(() -> rpc.get(name))).isEqualTo(unavailable);
    assertThat(RpcCaller.refusal(() -> rpc.lastNews(name))).isEqualTo(unavailable);
    assertThat(rpc.download(name)).isEqualTo(new Ending.Told(unavailable));
  }
}
