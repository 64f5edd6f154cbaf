package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.lambda.local.bytes.BytesFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./coatcheck get} as a process. */
@Timeout(180)
class GetProcessIT {

  private static final Duration UP_WITHIN = Duration.ofSeconds(100);
  private static final int SIZE = 8_000_000;
  private static final String SLOW_SPEC =
      "{\"sizeBytes\": 8000000, \"seed\": 2, \"bytesPerSecond\": 2000000}";
  private static final int SIGTERM_CODE = 143;

  @TempDir private Path directory;
  @TempDir private Path fleetDirectory;

  private final List<ChildProcess> gateways = new ArrayList<>();
  private final List<Process> started = new ArrayList<>();
  private InProcessFleet fleet;
  private int port;

  @BeforeEach
  void start() throws Exception {
    fleet = InProcessFleet.start(fleetDirectory, 1, 1, Map.of("COATCHECK_MAX_BYTES", "16MiB"));
    port = fleet.gateways.getFirst().httpPort();
  }

  @AfterEach
  void stop() throws Exception {
    started.forEach(Process::destroyForcibly);
    gateways.forEach(ChildProcess::kill);
    try (InProcessFleet ending = fleet) {
      ending.awaitBaseline();
    }
  }

  /** A gateway that is a process as well, at {@link #port} and the next. */
  private void startGateway() throws Exception {
    ChildProcess gateway =
        ChildProcess.start(
            "gateway",
            List.of("../coatcheck", "gateway"),
            Map.of(
                "COATCHECK_HTTP",
                "127.0.0.1:" + port,
                "COATCHECK_GRPC",
                "127.0.0.1:" + (port + 1),
                "COATCHECK_MANAGEMENT",
                "127.0.0.1:0",
                "COATCHECK_KEYSET",
                fleetDirectory.resolve("keyset.json").toString(),
                "COATCHECK_GENERATORS",
                FleetPlan.generatorsAt(List.of(fleet.generators.get(0).address()))),
            System.err::println);
    gateways.add(gateway);
    var _ = gateway.awaitAnnouncement(UP_WITHIN);
    try (var probe = new ReadyProbe()) {
      await().atMost(UP_WITHIN).until(() -> probe.sees("http://127.0.0.1:" + port, 1));
    }
  }

  private Process get(String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of("../coatcheck", "get"));
    command.addAll(List.of("--gateway", "http://127.0.0.1:" + port));
    command.addAll(List.of("-o", directory.resolve("map.png").toString()));
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(directory.resolve("out").toFile())
            .redirectError(directory.resolve("err").toFile())
            .start();
    started.add(process);
    return process;
  }

  private int end(Process process) throws InterruptedException {
    assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  /** Waits until some of the image is there. */
  private void awaitPart(Process get) {
    await()
        .atMost(UP_WITHIN)
        .until(() -> {
          assertThat(get.isAlive()).isTrue();
          return partBytes() > SIZE / 8;
        });
  }

  private long partBytes() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        if (file.toString().endsWith(".part")) {
          return Files.size(file);
        }
      }
    }
    return 0;
  }

  /** 1. The gateway is killed in the middle. 2. Another one is started there. 3. It is whole. */
  @Test
  void goesOnWhenTheGatewayIsKilledAndStartedAgain() throws Exception {
    port = FreePorts.inARow(2);
    startGateway();
    Process get =
        get("--json", "--transfer", "RESPONSE_STREAM", "--function", "bytes", "--spec", SLOW_SPEC);
    awaitPart(get);
    gateways.getLast().kill();
    startGateway();

    assertThat(end(get)).as(Files.readString(directory.resolve("out"))).isZero();
    assertThat(directory.resolve("map.png")).hasBinaryContent(BytesFunction.content(SIZE, 2));
    assertThat(Files.readString(directory.resolve("out")))
        .contains("\"event\":\"interrupted\"")
        .contains(ImageClient.sha256(BytesFunction.content(SIZE, 2)));
    assertThat(partBytes()).isZero();
  }

  /** 1. It is ended in the middle, and says how to go on. 2. That is done, as it says. */
  @Test
  void goesOnAfterItWasEnded() throws Exception {
    Process get = get("--transfer", "RESPONSE_STREAM", "--spec", SLOW_SPEC);
    awaitPart(get);
    get.toHandle().destroy();
    assertThat(end(get)).isEqualTo(SIGTERM_CODE);
    assertThat(directory.resolve("map.png")).doesNotExist();
    String said = Files.readString(directory.resolve("err"));
    assertThat(said).contains("the pickup was cancelled").contains("  ../coatcheck get --resume ");

    String again = said.substring(said.indexOf("get --resume "));
    Process resumed =
        new ProcessBuilder("sh", "-c", "../coatcheck " + again.strip())
            .redirectError(directory.resolve("err").toFile())
            .start();
    started.add(resumed);
    assertThat(end(resumed)).as(Files.readString(directory.resolve("err"))).isZero();
    assertThat(directory.resolve("map.png")).hasBinaryContent(BytesFunction.content(SIZE, 2));
  }

  @Test
  void writesToStandardOutput() throws Exception {
    Process piped =
        new ProcessBuilder(
                "../coatcheck",
                "get",
                "--gateway",
                "grpc://127.0.0.1:" + fleet.gateways.getFirst().grpcPort(),
                "--spec",
                "{\"sizeBytes\": 2000000, \"seed\": 3}",
                "-o",
                "-")
            .redirectError(directory.resolve("err").toFile())
            .redirectOutput(directory.resolve("out").toFile())
            .start();
    started.add(piped);
    assertThat(end(piped)).as(Files.readString(directory.resolve("err"))).isZero();
    assertThat(directory.resolve("out")).hasBinaryContent(BytesFunction.content(2_000_000, 3));
  }
}
