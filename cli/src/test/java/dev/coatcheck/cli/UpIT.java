package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./coatcheck up} as a process of its own, as people run it. */
@Timeout(240)
class UpIT {

  private static final long PATIENCE_SECONDS = 100;
  private static final String PID = " pid=";

  @TempDir private Path temporary;

  private final List<ProcessHandle> started = new ArrayList<>();
  private final List<ProcessHandle> children = new ArrayList<>();

  /** A command that runs, what it prints, and the port that it was told. */
  private record Up(Process process, BufferedReader out, int http) {}

  @AfterEach
  void leaveNothing() {
    started.forEach(ProcessHandle::destroyForcibly);
    children.forEach(ProcessHandle::destroyForcibly);
  }

  /**
   * 1. A line for each process, then {@code ready}. 2. A page of the gateway may use the function's
   * URL, which the gateway is told. 3. A child that is killed is told, and the others go on. 4.
   * SIGTERM ends all with exit code 0, and leaves no file.
   */
  @Test
  void runsUntilItIsToldToEnd() throws Exception {
    Up up = start("--generators", "2");
    List<String> lines = linesUntilReady(up);
    assertThat(lines).hasSize(4);

    String functionUrl = lines.getFirst().replaceFirst(".* url=", "") + "/url/map/";
    assertThat(Files.readString(Path.of("/proc", "" + children.getLast().pid(), "environ")))
        .contains("\0COATCHECK_FUNCTION_URL=" + functionUrl + "\0");
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest fromThePage =
          HttpRequest.newBuilder(URI.create(functionUrl))
              .header("Origin", "http://localhost:" + up.http)
              .POST(BodyPublishers.ofString("{\"spec\": {\"width\": 64, \"height\": 48}}"))
              .build();
      HttpResponse<byte[]> map = http.send(fromThePage, BodyHandlers.ofByteArray());
      assertThat(map.headers().firstValue("Access-Control-Allow-Origin"))
          .hasValue("http://localhost:" + up.http);
      assertThat(map.body()).startsWith(0x89, 'P', 'N', 'G');
    }

    ProcessHandle generator = children.get(2);
    generator.destroyForcibly();
    assertThat(up.out.readLine())
        .isEqualTo("generator 2 pid=" + generator.pid() + " ended with exit code 137");
    assertThat(children.get(1).isAlive()).isTrue();
    try (var client = new ImageClient()) {
      assertThat(client.get("http://127.0.0.1:" + up.http + "/healthz").isObject()).isTrue();
    }

    up.process.toHandle().destroy();
    assertThat(up.process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(up.process.exitValue()).isZero();
    assertThat(up.out.readLine()).isNull();
    assertThat(children).noneMatch(ProcessHandle::isAlive);
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left.filter(file -> file.getFileName().toString().startsWith("coatcheck-")))
          .isEmpty();
    }
  }

  @Test
  void takesItsChildrenAlongWhenItIsKilled() throws Exception {
    Up up = start("--generators", "1");
    linesUntilReady(up);

    up.process.toHandle().destroyForcibly();

    for (ProcessHandle child : children) {
      child.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }

  @Test
  void endsAllOfItWhenOneCannotStart() throws Exception {
    Up up = start(Map.of("COATCHECK_MEMORY", "plenty"), "--generators", "1");

    String lambda = up.out.readLine();
    assertThat(lambda).startsWith("lambda pid=");
    children.add(child(lambda));
    assertThat(up.out.readLine()).isNull();
    assertThat(up.process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(up.process.exitValue()).isEqualTo(1);
    Awaitility.await()
        .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
        .until(() -> !children.getFirst().isAlive());
    assertThat(Files.readString(temporary.resolve("err")))
        .contains("generator 1 | ", "COATCHECK_MEMORY", "plenty")
        .containsPattern("coatcheck: generator 1 pid=\\d+ ended with exit code 2 before it was up");
  }

  private Up start(String... options) throws IOException {
    return start(Map.of("COATCHECK_MEMORY", "64MiB"), options);
  }

  private Up start(Map<String, String> settings, String... options) throws IOException {
    int http = FreePorts.inARow(2);
    List<String> command = new ArrayList<>(List.of("../coatcheck", "up"));
    command.addAll(List.of("--http", "" + http, "--grpc", "" + (http + 1)));
    command.addAll(List.of(options));
    var builder = new ProcessBuilder(command).redirectError(temporary.resolve("err").toFile());
    builder.environment().putAll(settings);
    builder
        .environment()
        .put("COATCHECK_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Djava.io.tmpdir=" + temporary);
    Process process = builder.start();
    started.add(process.toHandle());
    return new Up(process, process.inputReader(), http);
  }

  private List<String> linesUntilReady(Up up) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = up.out.readLine(); !"ready".equals(line); line = up.out.readLine()) {
      assertThat(line).as("the next line, after " + lines).isNotNull().contains(PID);
      lines.add(line);
      children.add(child(line));
    }
    return lines;
  }

  private static ProcessHandle child(String line) {
    String pid = line.substring(line.indexOf(PID) + PID.length()).replaceFirst(" .*", "");
    return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
  }
}
