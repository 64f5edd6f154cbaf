package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** One generator of the usual size, as a process with the flags of {@code ./coatcheck}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FullGeneratorIT {

  private static final int MIB = 1 << 20;
  private static final int IMAGE_BYTES = 32 * MIB;
  private static final int IMAGES = 32;
  private static final Pattern USED = Pattern.compile("(?:DefNew|Tenured).* used (\\d+)K");

  private final Queue<String> lines = new ConcurrentLinkedQueue<>();
  private final ImageClient client = new ImageClient();
  private LocalFleet fleet;
  private String gateway;
  private String lambda;
  private String generatorPid;

  @BeforeAll
  void start() throws Exception {
    var plan = new FleetPlan(1, 1, FreePorts.inARow(1), FreePorts.inARow(1));
    fleet =
        new LocalFleet(
            plan,
            Path.of("..", "coatcheck").toAbsolutePath().normalize(),
            Map.of("COATCHECK_MEMORY", "1GiB", "COATCHECK_JAVA_OPTS", ""), // the flags of users
            lines::add,
            System.err::println);
    fleet.start();
    gateway = "http://" + plan.http(1);
    lambda = told("lambda", "url");
    generatorPid = told("generator 1", "pid");
  }

  private String told(String process, String field) {
    String line =
        lines.stream().filter(told -> told.startsWith(process + " ")).findFirst().orElseThrow();
    Matcher matcher = Pattern.compile(" " + field + "=(\\S+)").matcher(line);
    assertThat(matcher.find()).as(line).isTrue();
    return matcher.group(1);
  }

  @AfterAll
  void stop() {
    client.close();
    fleet.close();
  }

  /**
   * 1. Images fill the memory to the last segment. 2. The heap and the rest stay small. 3. The next
   * create is refused, and its function is not called. 4. A pickup makes room.
   */
  @Test
  void staysSmallBesideItsImagesWhenItIsFull() throws Exception {
    List<String> held = new ArrayList<>();
    for (int seed = 0; seed < IMAGES; seed++) {
      held.add(client.create(gateway, image(seed, IMAGE_BYTES, 0)));
    }
    for (String location : held) {
      assertThat(client.finished(gateway, location).path("state").asText()).isEqualTo("COMPLETE");
    }

    assertThat(heapUsedBytes()).isLessThan(128L * MIB);
    assertThat(residentBytes()).isLessThan((1024L + 300) * MIB);

    int called = client.get(lambda + "/_local/invocations").size();
    var refused = client.post(gateway, image(99, IMAGE_BYTES, 0));
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValueAsLong("Retry-After").orElseThrow()).isPositive();
    assertThat(client.get(lambda + "/_local/invocations").size()).isEqualTo(called);

    for (String location : held.subList(0, 4)) {
      assertThat(client.content(gateway, location).body()).hasSize(IMAGE_BYTES);
    }
    held.add(client.create(gateway, image(100, IMAGE_BYTES, 0)));
    for (String location : held) {
      assertThat(client.delete(gateway, location)).isEqualTo(204);
    }
  }

  /** The bytes of an image reach the reader while its function still runs. */
  @Test
  void sendsTheFirstBytesBeforeTheFunctionHasMadeTheLast() throws Exception {
    int size = 4 * MIB;
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(gateway + "/v1/images:generate"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(image(7, size, 2 * MIB)))
            .build();
    try (HttpClient http = HttpClient.newHttpClient();
        InputStream body = http.send(request, BodyHandlers.ofInputStream()).body()) {
      assertThat(body.readNBytes(8)).startsWith(0x89, 'P', 'N', 'G');

      JsonNode invocations = client.get(lambda + "/_local/invocations");
      JsonNode newest = invocations.get(invocations.size() - 1);
      assertThat(newest.path("outcome").asText()).isEqualTo("RUNNING");
      assertThat(newest.path("bytes").asInt()).isLessThan(size);

      assertThat(body.readAllBytes()).hasSize(size - 8);
    }
  }

  private static String image(int seed, int sizeBytes, int bytesPerSecond) {
    return """
    {"function": "bytes", "transfer": "RESPONSE_STREAM", "maxBytes": %d,
     "spec": {"sizeBytes": %d, "seed": %d, "bytesPerSecond": %d}}
    """
        .formatted(IMAGE_BYTES, sizeBytes, seed, bytesPerSecond);
  }

  private long heapUsedBytes() throws Exception {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Matcher used = USED.matcher(output(jcmd, generatorPid, "GC.heap_info"));
    long bytes = 0;
    while (used.find()) {
      bytes += Long.parseLong(used.group(1)) * 1024;
    }
    assertThat(bytes).as("jcmd told something").isPositive();
    return bytes;
  }

  private long residentBytes() throws Exception {
    return Long.parseLong(output("ps", "-o", "rss=", "-p", generatorPid).strip()) * 1024;
  }

  private static String output(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream out = process.getInputStream()) {
      return new String(out.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
