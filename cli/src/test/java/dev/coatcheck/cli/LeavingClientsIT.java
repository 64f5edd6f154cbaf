package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.lambda.local.bytes.BytesFunction;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient.Version;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients who leave while their image is made: the function goes on, it is called once, and whoever
 * comes next with the key gets the whole image.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class LeavingClientsIT {

  private static final int SIZE = 2_000_000;
  private static final Duration SOON = Duration.ofSeconds(30);

  private FaultyFleet fleet;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    fleet = FaultyFleet.start(directory, Map.of());
  }

  @AfterAll
  void stop() throws Exception {
    fleet.close();
  }

  /** What the function makes after the client has left takes it four seconds. */
  @ParameterizedTest(name = "after {0} bytes")
  @ValueSource(ints = {0, SIZE / 2, SIZE - 50_000})
  void imageIsFinishedAndPickedUpByWhoeverComesNext(int bytes) throws Exception {
    int before = fleet.calls();
    String request =
        """
        {"transfer": "RESPONSE_STREAM", "spec": {"sizeBytes": %d, "firstByteAfter": "500ms",
         "fault": {"capAfterBytes": %d, "capBytesPerSecond": %d}}}
        """
            .formatted(SIZE, bytes, (SIZE - bytes) / 4);
    try (HttpCaller http = fleet.http(Version.HTTP_1_1)) {
      FaultyFleet.together(
          List.of(
              () -> leaveAndComeAgain(http, request, name -> leaveOverHttp(http, name, bytes)),
              () -> leaveAndComeAgain(http, request, name -> leaveOverGrpc(name, bytes))));
    }
    assertThat(fleet.calls() - before).isEqualTo(2);
    fleet.awaitBaseline();
  }

  private interface Leaving {
    void of(String name) throws Exception;
  }

  private Object leaveAndComeAgain(HttpCaller http, String request, Leaving leaving)
      throws Exception {
    String name = http.create(request);
    leaving.of(name);
    assertThat(http.finished(name).path("state").asText()).isEqualTo("COMPLETE");

    Callable<Ending> pickup = () -> http.content(name);
    Ending ending =
        await()
            .atMost(SOON)
            .until(
                pickup,
                got ->
                    !(got instanceof Ending.Told(Refused refused)
                        && refused.reason().equals("IMAGE_CLAIMED")));
    assertThat(ending)
        .isInstanceOfSatisfying(
            Ending.Whole.class,
            whole ->
                assertThat(whole.bytes().toByteArray()).isEqualTo(BytesFunction.content(SIZE, 0)));
    return assertThat(http.send("DELETE", "/v1/" + name, "").statusCode()).isEqualTo(204);
  }

  private void leaveOverHttp(HttpCaller other, String name, int bytes) throws Exception {
    try (HttpCaller http = fleet.http(Version.HTTP_1_1)) {
      if (bytes > 0) {
        try (InputStream body = http.beginContent(name)) {
          assertThat(body.readNBytes(bytes)).hasSize(bytes);
        }
        return;
      }
      Thread.ofVirtual().start(() -> waitForContent(http, name));
      await()
          .atMost(SOON)
          .until(() ->
              ImageClient.json(other.send("GET", "/v1/" + name, "").body())
                  .path("claimed")
                  .asBoolean());
    }
  }

  private static void waitForContent(HttpCaller http, String name) {
    try {
      var _ = http.content(name);
    } catch (IOException | InterruptedException e) {
      // It was left.
    }
  }

  private void leaveOverGrpc(String name, int bytes) {
    try (RpcCaller rpc = new RpcCaller(fleet.fleet.gateways.getLast().grpcPort())) {
      var chunks = rpc.beginDownload(name);
      int got = chunks.next().getData().size(); // the head comes before any byte
      while (got < bytes) {
        got += chunks.next().getData().size();
      }
      assertThat(got).isLessThan(SIZE);
    }
  }
}
