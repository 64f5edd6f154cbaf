package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes whose settings are wrong: each tells all of it at once, a line for each, and ends with
 * exit code 2 before it opens a port. The ports that they are told are taken, so that one that was
 * opened, or tried, would be told as well.
 */
@Timeout(60)
class BadSettingsIT {

  private static final Pattern LINE = Pattern.compile("(?:\\w+: )?(COATCHECK_\\w+): .+");

  @TempDir private Path directory;

  @Test
  void generator() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      Map<String, String> settings = new HashMap<>();
      settings.put("COATCHECK_LISTEN", address);
      settings.put("COATCHECK_MANAGEMENT", "somewhere");
      settings.put("COATCHECK_MEMORY", "10MB");
      settings.put("COATCHECK_MAX_BYTES", "2GiB"); // more than the memory that there is then
      settings.put("COATCHECK_LAMBDA_ENDPOINT", "ftp://lambda");
      settings.put("COATCHECK_CALLBACK_URL", "http://gateway/?x=y");
      settings.put("COATCHECK_FUNCTION_TIMEOUT", "long");
      settings.put("COATCHECK_TTL", "600");
      assertThat(wrong("generator", settings))
          .containsExactlyInAnyOrder(
              "COATCHECK_MANAGEMENT",
              "COATCHECK_MEMORY",
              "COATCHECK_MAX_BYTES",
              "COATCHECK_KEYSET",
              "COATCHECK_LAMBDA_FUNCTION",
              "COATCHECK_LAMBDA_ENDPOINT",
              "COATCHECK_CALLBACK_URL",
              "COATCHECK_FUNCTION_TIMEOUT",
              "COATCHECK_TTL");
    }
  }

  @Test
  void gateway() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      assertThat(
              wrong(
                  "gateway",
                  Map.of(
                      "COATCHECK_HTTP", address,
                      "COATCHECK_GRPC", "127.0.0.1",
                      "COATCHECK_MANAGEMENT", "127.0.0.1:99999",
                      "COATCHECK_KEYSET", directory.resolve("none").toString(),
                      "COATCHECK_STALL_TIMEOUT", "0s")))
          .containsExactlyInAnyOrder(
              "COATCHECK_GRPC",
              "COATCHECK_MANAGEMENT",
              "COATCHECK_GENERATORS",
              "COATCHECK_KEYSET",
              "COATCHECK_STALL_TIMEOUT");
    }
  }

  @Test
  void lambda() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(
              wrong(
                  "lambda",
                  Map.of(
                      "COATCHECK_LISTEN", "127.0.0.1:" + taken.getLocalPort(),
                      "COATCHECK_MAP_JAR", directory.resolve("none.jar").toString(),
                      "COATCHECK_LAMBDA_CONCURRENCY", "0",
                      "COATCHECK_BYTES_CONCURRENCY", "many",
                      "COATCHECK_LAMBDA_TIMEOUT", "long",
                      "COATCHECK_LAMBDA_FAULT", "{\"fail\": true}")))
          .containsExactlyInAnyOrder(
              "COATCHECK_MAP_JAR",
              "COATCHECK_LAMBDA_CONCURRENCY",
              "COATCHECK_BYTES_CONCURRENCY",
              "COATCHECK_LAMBDA_TIMEOUT",
              "COATCHECK_LAMBDA_FAULT");
    }
  }

  /** The settings that the process names, each of which must have a line. */
  private List<String> wrong(String verb, Map<String, String> settings)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder("../coatcheck", verb);
    builder.environment().keySet().removeIf(name -> name.startsWith("COATCHECK_"));
    builder.environment().putAll(settings);
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(err).isEqualTo(2);
      assertThat(out).isEmpty();
      return err.lines()
          .map(LINE::matcher)
          .map(line -> line.matches() ? line.group(1) : "no setting: " + line)
          .toList();
    } finally {
      process.destroyForcibly();
    }
  }
}
