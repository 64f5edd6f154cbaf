package dev.coatcheck.lambda.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coatcheck.lambda.local.http.Cors;
import dev.coatcheck.lambda.local.http.HttpConnector;
import dev.coatcheck.lambda.local.invocation.Durations;
import dev.coatcheck.lambda.local.invocation.Faults;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings of a {@link LocalLambda}.
 *
 * @param host the address it listens on; unauthenticated: any client that reaches it can run
 *     functions and set faults; 127.0.0.1 by default
 * @param port 0 is a free one
 * @param mapCommand how a process of the function {@code map} is started; empty is no such function
 * @param concurrency how many invocations of {@code map} run at once, each in a process of its own
 * @param bytesConcurrency the same for {@code bytes}, which runs in this process
 * @param functionTimeout after which an invocation of either is ended
 * @param faults a JSON object with the faults of every response, see {@code Faults}
 * @param urlOrigins the pages that may use the functions' URLs: origins with commas between them,
 *     or {@code *}; empty is none
 * @param logInvocations whether each invocation is a line in the log
 */
public record LocalLambdaConfig(
    String host,
    int port,
    List<String> mapCommand,
    int concurrency,
    int bytesConcurrency,
    Duration functionTimeout,
    String faults,
    String urlOrigins,
    boolean logInvocations) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EVERY_HOST = "0.0.0.0";
  private static final Pattern LISTEN =
      Pattern.compile("(127\\.0\\.0\\.1|localhost|0\\.0\\.0\\.0):(\\d{1,5})");
  private static final String MAP_JAR = "coatcheck-map-function.jar";

  public LocalLambdaConfig {
    mapCommand = List.copyOf(mapCommand);
  }

  /** A free port on 127.0.0.1, no map function, 2 and 64 at once, 60 s, no faults. */
  public static LocalLambdaConfig defaults() {
    return new LocalLambdaConfig(
        HttpConnector.LOOPBACK, 0, List.of(), 2, 64, Duration.ofSeconds(60), "{}", "", true);
  }

  /** These with the map function started by that command. */
  public LocalLambdaConfig withMapCommand(List<String> command) {
    return new LocalLambdaConfig(
        host,
        port,
        command,
        concurrency,
        bytesConcurrency,
        functionTimeout,
        faults,
        urlOrigins,
        logInvocations);
  }

  /** These with another function time-out. */
  public LocalLambdaConfig withFunctionTimeout(Duration timeout) {
    return new LocalLambdaConfig(
        host,
        port,
        mapCommand,
        concurrency,
        bytesConcurrency,
        timeout,
        faults,
        urlOrigins,
        logInvocations);
  }

  /** These with another limit of invocations at once, of {@code map} and of {@code bytes}. */
  public LocalLambdaConfig withConcurrency(int ofMap, int ofBytes) {
    return new LocalLambdaConfig(
        host,
        port,
        mapCommand,
        ofMap,
        ofBytes,
        functionTimeout,
        faults,
        urlOrigins,
        logInvocations);
  }

  /** These with pages that may use the functions' URLs. */
  public LocalLambdaConfig withUrlOrigins(String origins) {
    return new LocalLambdaConfig(
        host,
        port,
        mapCommand,
        concurrency,
        bytesConcurrency,
        functionTimeout,
        faults,
        origins,
        logInvocations);
  }

  /**
   * Reads {@code COATCHECK_LISTEN}, {@code COATCHECK_MAP_COMMAND} (its words are parted by blanks)
   * or {@code COATCHECK_MAP_JAR}, {@code COATCHECK_LAMBDA_CONCURRENCY}, {@code
   * COATCHECK_BYTES_CONCURRENCY}, {@code COATCHECK_LAMBDA_TIMEOUT}, {@code COATCHECK_LAMBDA_FAULT},
   * {@code COATCHECK_FUNCTION_URL_ORIGINS} and {@code COATCHECK_INVOCATION_LOG}.
   *
   * @throws IllegalArgumentException with all that is wrong, a line each
   */
  public static LocalLambdaConfig fromEnvironment(Map<String, String> environment) {
    List<String> wrong = new ArrayList<>();
    String listen = environment.getOrDefault("COATCHECK_LISTEN", HttpConnector.LOOPBACK + ":9001");
    String host = listen.startsWith(EVERY_HOST + ":") ? EVERY_HOST : HttpConnector.LOOPBACK;
    int port = port(listen, wrong);
    int concurrency = number(environment, "COATCHECK_LAMBDA_CONCURRENCY", 2, wrong);
    int bytesConcurrency = number(environment, "COATCHECK_BYTES_CONCURRENCY", 64, wrong);
    Duration timeout = Duration.ofSeconds(60);
    try {
      timeout = Durations.parse(environment.getOrDefault("COATCHECK_LAMBDA_TIMEOUT", "60s"));
    } catch (IllegalArgumentException e) {
      wrong.add("COATCHECK_LAMBDA_TIMEOUT: " + e.getMessage());
    }
    String faults = environment.getOrDefault("COATCHECK_LAMBDA_FAULT", "{}");
    try {
      parseFaults(faults);
    } catch (IllegalArgumentException e) {
      wrong.add("COATCHECK_LAMBDA_FAULT: " + e.getMessage());
    }
    String origins = environment.getOrDefault("COATCHECK_FUNCTION_URL_ORIGINS", "");
    try {
      Cors.parse(origins);
    } catch (IllegalArgumentException e) {
      wrong.add("COATCHECK_FUNCTION_URL_ORIGINS: " + e.getMessage());
    }
    String log = environment.getOrDefault("COATCHECK_INVOCATION_LOG", "true");
    if (!log.equals("true") && !log.equals("false")) {
      wrong.add("COATCHECK_INVOCATION_LOG: " + log + " (expected: true or false)");
    }
    boolean logInvocations = log.equals("true");
    List<String> mapCommand = mapCommand(environment, wrong);
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", wrong));
    }
    return new LocalLambdaConfig(
        host,
        port,
        mapCommand,
        concurrency,
        bytesConcurrency,
        timeout,
        faults,
        origins,
        logInvocations);
  }

  Cors cors() {
    return Cors.parse(urlOrigins);
  }

  static Faults parseFaults(String json) {
    try {
      JsonNode parsed = JSON.readTree(json);
      return Faults.parse(parsed);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(json + " (expected: a JSON object)", e);
    }
  }

  private static int port(String listen, List<String> wrong) {
    Matcher parts = LISTEN.matcher(listen);
    int port = parts.matches() ? Integer.parseInt(parts.group(2)) : -1;
    if (port < 0 || port > 65535) {
      wrong.add(
          "COATCHECK_LISTEN: " + listen + " (expected: 127.0.0.1, or 0.0.0.0 for all, and a port)");
      return 0;
    }
    return port;
  }

  private static int number(
      Map<String, String> environment, String name, int fallback, List<String> wrong) {
    String text = environment.getOrDefault(name, Integer.toString(fallback));
    if (!text.matches("[1-9]\\d{0,4}")) {
      wrong.add(name + ": " + text + " (expected: a number from 1 to 99999)");
      return fallback;
    }
    return Integer.parseInt(text);
  }

  /** The command as it is set, else this JVM's own java with the jar. */
  private static List<String> mapCommand(Map<String, String> environment, List<String> wrong) {
    String command = environment.getOrDefault("COATCHECK_MAP_COMMAND", "").trim();
    if (!command.isEmpty()) {
      return List.of(command.split("\\s+"));
    }
    String set = environment.get("COATCHECK_MAP_JAR");
    if (set != null && !Files.isRegularFile(Path.of(set))) {
      wrong.add("COATCHECK_MAP_JAR: " + set + " (expected: the map function's jar)");
      return List.of();
    }
    return set != null ? runningJar(Path.of(set)) : besideThisJar();
  }

  /** The jar beside this one, or where the build puts it. */
  private static List<String> besideThisJar() {
    var source = LocalLambdaConfig.class.getProtectionDomain().getCodeSource();
    if (source == null) {
      return List.of();
    }
    Path here;
    try {
      here = Path.of(source.getLocation().toURI()).toAbsolutePath().getParent(); // may have blanks
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    if (here == null) {
      return List.of();
    }
    for (String place : List.of(MAP_JAR, "../../map-function/target/" + MAP_JAR)) {
      Path jar = here.resolve(place).normalize();
      if (Files.isRegularFile(jar)) {
        return runningJar(jar);
      }
    }
    return List.of();
  }

  private static List<String> runningJar(Path jar) {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return List.of(java.toString(), "-Xmx768m", "-XX:+UseSerialGC", "-jar", jar.toString());
  }
}
