package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.coatcheck.lambda.local.bytes.BytesFunction;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An image as server-sent events and over a WebSocket, and by the function's own URL, through
 * clients that others made: npm's {@code eventsource} and {@code ws}, over a connection that is cut
 * in the middle, or freezes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class NodeClientsIT {

  private static final int SIZE = 24_000_001;
  private static final String REQUEST =
      "{\"spec\": {\"sizeBytes\": 24000001, \"seed\": 9}, \"maxBytes\": 25165824}";
  private static final Path PACKAGES = Path.of("target", "npm").toAbsolutePath();

  private final List<Process> started = new ArrayList<>();
  private final ImageClient client = new ImageClient();
  private InProcessFleet fleet;
  @TempDir private Path directory;

  @BeforeAll
  void start(@TempDir Path keyset) throws Exception {
    if (!Files.isDirectory(PACKAGES.resolve("node_modules/ws"))) {
      Process install =
          new ProcessBuilder(
                  "npm",
                  "install",
                  "--silent",
                  "--no-audit",
                  "--no-fund",
                  "--prefix",
                  PACKAGES.toString(),
                  "ws@8.18.3",
                  "eventsource@3.0.7")
              .redirectErrorStream(true)
              .start();
      install.getOutputStream().close();
      String said = new String(install.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(install.waitFor()).as("npm install: " + said).isZero();
    }
    try (Stream<Path> scripts = Files.list(Path.of("src", "test", "node"))) {
      for (Path script : scripts.toList()) { // beside the packages, where node looks for them
        Files.write(PACKAGES.resolve(script.getFileName()), Files.readAllBytes(script));
      }
    }
    fleet = InProcessFleet.start(keyset, 1, 1, Map.of("COATCHECK_MEMORY", "64MiB"));
  }

  @AfterAll
  void stop() throws Exception {
    client.close();
    fleet.close();
  }

  @AfterEach
  void nothingIsLeft() {
    started.forEach(Process::destroyForcibly);
    fleet.awaitBaseline();
  }

  private Process run(String script, String location, int breakAfter, boolean freeze)
      throws IOException {
    int port = fleet.gateways.getFirst().httpPort();
    String name = location.substring("/v1/".length());
    return node(script, "" + port, name, "" + breakAfter, "" + freeze);
  }

  private Process node(String script, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("node", PACKAGES.resolve(script).toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(directory.resolve("out").toFile())
            .redirectError(directory.resolve("err").toFile())
            .start();
    started.add(process);
    return process;
  }

  /** Once whole, once cut in the middle. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sse.js 1000000000",
        "sse.js 12000000",
        "socket.js 1000000000",
        "socket.js 9000000"
      })
  void imageComesWhole(String scriptAndBreak) throws Exception {
    String[] words = scriptAndBreak.split(" ", -1);
    int breakAfter = Integer.parseInt(words[1]);
    String location = client.create(fleet.http(0), REQUEST);

    Process process = run(words[0], location, breakAfter, false);

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(directory.resolve("err"))).isZero();
    JsonNode got = ImageClient.json(Files.readString(directory.resolve("out")));
    String sha256 = ImageClient.sha256(BytesFunction.content(SIZE, 9));
    assertThat(got.path("bytes").asInt()).isEqualTo(SIZE);
    assertThat(got.path("sha256").asText()).isEqualTo(sha256);
    assertThat(got.path("done").path("sha256").asText()).isEqualTo(sha256);
    assertThat(got.path("streams").asInt()).isEqualTo(breakAfter < SIZE ? 2 : 1);
    assertThat(client.contentAgain(fleet.http(0), location).statusCode()).isEqualTo(410);
  }

  /** As bytes and as events; a break is told from the whole, and nothing begins anew. */
  @ParameterizedTest
  @ValueSource(
      strings = {"bytes 1000000000", "events 1000000000", "bytes 9000000", "events 12000000"})
  void imageComesWholeByTheFunctionsUrlOrIsKnownToBeBroken(String formAndBreak) throws Exception {
    String[] words = formAndBreak.split(" ", -1);
    URI url = fleet.lambda.functionUrl("bytes");
    String spec = "%7B%22sizeBytes%22:24000001,%22seed%22:9%7D";

    Process process =
        node(
            "function-url.js",
            "" + url.getPort(),
            url + "?spec=" + spec + "#" + words[0],
            words[1]);

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(directory.resolve("err"))).isZero();
    JsonNode got = ImageClient.json(Files.readString(directory.resolve("out")));
    byte[] content = BytesFunction.content(SIZE, 9);
    assertThat(got.path("type").asText()).isEqualTo("image/png");
    if (Integer.parseInt(words[1]) > SIZE) {
      assertThat(got.has("broken")).isFalse();
      assertThat(got.path("bytes").asInt()).isEqualTo(SIZE);
    } else {
      assertThat(got.path("broken").asText())
          .isEqualTo(words[0].equals("events") ? "400" : "terminated");
      assertThat(got.path("bytes").asInt()).isBetween(1, SIZE - 1);
    }
    byte[] had = Arrays.copyOf(content, got.path("bytes").asInt());
    assertThat(got.path("sha256").asText()).isEqualTo(ImageClient.sha256(had));
    assertThat(got.path("done").path("sha256").asText(ImageClient.sha256(had)))
        .isEqualTo(ImageClient.sha256(had));
    assertThat(got.has("done")).isEqualTo(had.length == SIZE && words[0].equals("events"));
  }

  /** 1. Both freeze in the middle. 2. Within 15 s they are taken for gone. 3. Anybody may begin. */
  @Test
  void clientThatVanishesIsNoticed() throws Exception {
    List<String> locations = new ArrayList<>();
    for (String script : List.of("sse.js", "socket.js")) {
      String location = client.create(fleet.http(0), REQUEST);
      locations.add(location);
      Process process = run(script, location, 4_000_000, true);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> {
            assertThat(process.isAlive()).isTrue();
            return client.get(fleet.http(0) + location).path("claimed").asBoolean();
          });
    }
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> fleet.gateways.getFirst().relayStats().openChunks() > 1);
    await()
        .atMost(Duration.ofSeconds(17)) // 15 s, from the moment that it froze
        .until(() -> fleet.gateways.getFirst().relayStats().openChunks() == 0);
    for (String location : locations) {
      assertThat(client.content(fleet.http(0), location).body())
          .isEqualTo(BytesFunction.content(SIZE, 9));
    }
  }
}
