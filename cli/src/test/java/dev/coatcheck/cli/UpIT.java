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
import java.nio.charset.StandardCharsets;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./coatcheck up} as a process of its own, as people run it. */
@Timeout(240)
class UpIT {

  /** A checkout elsewhere, with what was built here. */
  private static final String ELSEWHERE =
      """
      mkdir "$1/a check out "$'\\xed\\x95\\x9c' && cd "$_" && cp "$2/coatcheck" . &&
      for built in cli generator-service gateway-service lambda/local-runtime lambda/map-function; do
        mkdir -p "$built" && ln -s "$2/$built/target" "$built/target" || exit
      done
      shift 2
      exec ./coatcheck up "$@"
      """;

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
   * 1. A line for each process, then {@code ready}, then where the page is; and none for a function
   * that runs. 2. A page of the gateway may use the function's URL, which the gateway is told. 3.
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

    end(up);
    assertThat(up.out.readLine()).isEqualTo("open http://localhost:" + up.http);
    assertThat(up.out.readLine()).isNull();
    assertThat(Files.readString(temporary.resolve("err"))).doesNotContain("invocation {");
  }

  /** The path of the checkout has blanks, and letters that the locale does not have. */
  @Test
  void runsWhereverTheCheckoutLies() throws Exception {
    String here = Path.of("..").toRealPath().toString();
    Up up =
        start(
            List.of("bash", "-c", ELSEWHERE, "up", temporary.toString(), here),
            Map.of("COATCHECK_MEMORY", "64MiB", "LC_ALL", "C"),
            "--generators",
            "1");
    linesUntilReady(up);
    try (var client = new ImageClient()) {
      String url = "http://127.0.0.1:" + up.http;
      String image = client.create(url, "{\"spec\": {\"width\": 64, \"height\": 48}}");
      assertThat(client.content(url, image).body()).startsWith(0x89, 'P', 'N', 'G');
    }
    end(up);
  }

  /**
   * 1. Each kind of process is killed, which is told; it is started again at its address, which is
   * told with a count. 2. That goes for one that was started again, too. 3. An image can be created
   * and picked up. 4. SIGTERM ends all with exit code 0, and leaves no file.
   */
  @Test
  void startsAgainWhatIsKilled() throws Exception {
    Up up = start("--generators", "1");
    List<String> lines = linesUntilReady(up);
    String lambda = lines.get(0);
    String generator = lines.get(1);
    String gateway = lines.get(2);
    assertThat(up.out.readLine()).startsWith("open http://localhost:");

    generator = killAndAwaitRestart(up, generator, "grpc", 1);
    var _ = killAndAwaitRestart(up, gateway, "http", 1);
    var _ = killAndAwaitRestart(up, lambda, "url", 1);
    var _ = killAndAwaitRestart(up, generator, "grpc", 2);

    String url = "http://127.0.0.1:" + up.http;
    try (var probe = new ReadyProbe();
        var client = new ImageClient()) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
          .until(() -> probe.sees(url, 1));
      String image = client.create(url, "{\"spec\": {\"width\": 256, \"height\": 192}}");
      HttpResponse<byte[]> content = client.content(url, image);
      assertThat(content.statusCode()).isEqualTo(200);
      assertThat(content.body()).startsWith(0x89, 'P', 'N', 'G');
    }

    end(up);
    assertThat(up.out.readLine()).isNull();
  }

  /**
   * 1. Every process is killed, which does not end the command. 2. SIGTERM comes when so many of
   * them are just being started again. 3. All end, with exit code 0, and leave no file.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void endsWhatIsJustBeingStartedAgain(int starting) throws Exception {
    Up up = start("--generators", "1");
    linesUntilReady(up);
    assertThat(up.out.readLine()).startsWith("open http://localhost:");
    for (ProcessHandle child : children) {
      assertThat(child.destroyForcibly()).isTrue();
    }
    for (int killed = 0; killed < children.size(); killed++) {
      assertThat(up.out.readLine()).endsWith(" ended with exit code 137");
    }
    Awaitility.await()
        .pollInterval(Duration.ofMillis(10))
        .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
        .until(() -> up.process.toHandle().children().count() >= starting);
    children.addAll(up.process.toHandle().children().toList());

    end(up);
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
  void tellsWhatIsWrongWithSettingsBeforeAnythingStarts() throws Exception {
    Up up =
        start(
            Map.of(
                "COATCHECK_MEMORY", "lots",
                "COATCHECK_LAMBDA_TIMEOUT", "long",
                "COATCHECK_CALLS", "-1"));

    assertThat(up.out.readLine()).isNull();
    assertThat(up.process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(up.process.exitValue()).isEqualTo(1);
    assertThat(Files.readString(temporary.resolve("err")))
        .containsPattern("lambda \\| .*COATCHECK_LAMBDA_TIMEOUT: ")
        .containsPattern("generator \\| .*COATCHECK_MEMORY: 'lots' ")
        .containsPattern("gateway \\| .*COATCHECK_CALLS: ")
        .contains("coatcheck: the settings of lambda, generator, gateway are wrong");
  }

  /** Its settings are good, but no machine has so much memory. */
  @Test
  void endsAllOfItWhenOneCannotStart() throws Exception {
    Up up = start(Map.of("COATCHECK_MEMORY", "200000GiB"), "--generators", "1");

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
        .contains("generator 1 | ")
        .containsPattern(
            "coatcheck: generator 1 pid=\\d+ ended with exit code \\d+ before it was up");
  }

  /**
   * Kills the process of a line; the line of the next one, which has the same value in a field.
   *
   * @param restart how often the process will have been started again
   */
  private String killAndAwaitRestart(Up up, String line, String field, int restart)
      throws IOException {
    ProcessHandle killed = child(line);
    assertThat(killed.destroyForcibly()).isTrue();
    String name = line.substring(0, line.indexOf(PID));
    assertThat(up.out.readLine())
        .isEqualTo(name + PID + killed.pid() + " ended with exit code 137");

    String again = up.out.readLine();
    assertThat(again).startsWith(name + PID).endsWith(" started again (restart " + restart + ")");
    assertThat(value(again, field)).isEqualTo(value(line, field));
    assertThat(child(again).isAlive()).isTrue();
    assertThat(child(again)).isNotEqualTo(killed);
    children.add(child(again));
    return again;
  }

  /** Tells the command to end, and waits until nothing of it is left. */
  private void end(Up up) throws Exception {
    up.process.toHandle().destroy();
    assertThat(up.process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(up.process.exitValue()).isZero();
    assertThat(children).noneMatch(ProcessHandle::isAlive);
    // Beside the children that were told there are their watchdogs, the functions of the Lambda,
    // and
    // whatever was just being started.
    Awaitility.await()
        .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
        .untilAsserted(() -> assertThat(processesOfThisTest()).isEmpty());
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left.filter(file -> file.getFileName().toString().startsWith("coatcheck-")))
          .isEmpty();
    }
  }

  /** Everything that has this test's directory in its environment. */
  private List<Path> processesOfThisTest() throws IOException {
    try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      List<Path> found = new ArrayList<>();
      for (Path process : processes) {
        if (environment(process).contains(temporary.toString())) {
          found.add(process);
        }
      }
      return found;
    }
  }

  private static String environment(Path process) {
    try {
      return Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // it has ended, or is somebody else's
    }
  }

  private Up start(String... options) throws IOException {
    return start(Map.of("COATCHECK_MEMORY", "64MiB"), options);
  }

  private Up start(Map<String, String> settings, String... options) throws IOException {
    return start(List.of("../coatcheck", "up"), settings, options);
  }

  private Up start(List<String> up, Map<String, String> settings, String... options)
      throws IOException {
    int http = FreePorts.inARow(2);
    List<String> command = new ArrayList<>(up);
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

  private static String value(String line, String field) {
    return line.replaceFirst(".* " + field + "=", "").replaceFirst(" .*", "");
  }

  private static ProcessHandle child(String line) {
    return ProcessHandle.of(Long.parseLong(value(line, "pid"))).orElseThrow();
  }
}
