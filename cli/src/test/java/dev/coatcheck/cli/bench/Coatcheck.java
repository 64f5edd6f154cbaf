package dev.coatcheck.cli.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coatcheck.cli.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A fleet as {@code ./coatcheck up} starts it: one gateway, one generator, the local Lambda. */
final class Coatcheck implements Subject {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** As many functions stream into a generator at once as the script's heap has room for. */
  private static final int IN_THE_MAKING = 20;

  /**
   * Small images are quicker to make so; how they were made is nothing that they are measured by.
   */
  private static final int MAX_BUFFERED_BYTES = 4 << 20;

  private static final Pattern GRPC = Pattern.compile(" grpc=\\S*:([0-9]+)");

  private final String name;
  private final Child up;
  private final int port;
  private final HttpClient http = HttpClient.newHttpClient();

  private Coatcheck(String name, Child up, int port) {
    this.name = name;
    this.up = up;
    this.port = port;
  }

  /** Starts it, with these settings over its own. */
  static Coatcheck start(Map<String, String> settings) throws IOException {
    return start("coatcheck", settings);
  }

  /** The same, under another name. */
  static Coatcheck start(String name, Map<String, String> settings) throws IOException {
    int http = FreePorts.inARow(1);
    List<String> command =
        List.of(
            Path.of(System.getProperty("coatcheck.root", "."), "coatcheck").toString(),
            "up",
            "--generators",
            "1",
            "--http",
            Integer.toString(http),
            "--grpc",
            Integer.toString(FreePorts.inARow(1)));
    Map<String, String> all = new HashMap<>(Map.of("COATCHECK_LINGER", "1s"));
    all.putAll(settings);
    return new Coatcheck(name, Child.start(command, all, "ready"::equals), http);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public List<Long> front() {
    return List.of(up.number("gateway 1 pid="));
  }

  @Override
  public List<Long> back() {
    return List.of(up.number("generator 1 pid="));
  }

  @Override
  public List<String> stock(int images, int sizeBytes) throws IOException, InterruptedException {
    List<Callable<String>> makings =
        Collections.nCopies(
            images,
            () -> {
              String location = create(sizeBytes, 0);
              awaitComplete(location);
              return location + "/content";
            });
    List<String> paths = new ArrayList<>();
    try (ExecutorService makers = Executors.newFixedThreadPool(IN_THE_MAKING)) {
      for (Future<String> path : makers.invokeAll(makings)) {
        paths.add(path.get());
      }
    } catch (ExecutionException e) {
      throw new IOException("an image could not be made", e);
    }
    return paths;
  }

  /** Asks for an image, as often as there is no room; its location. */
  String create(int sizeBytes, long bytesPerSecond) throws IOException, InterruptedException {
    String body =
        """
        {"function": "bytes", "transfer": "%s", "maxBytes": %d,
         "spec": {"sizeBytes": %d, "seed": %d, "bytesPerSecond": %d}}
        """
            .formatted(
                sizeBytes > MAX_BUFFERED_BYTES ? "RESPONSE_STREAM" : "BUFFERED",
                sizeBytes,
                sizeBytes,
                Content.SEED,
                bytesPerSecond);
    while (true) {
      HttpRequest request =
          to("/v1/images")
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      if (answer.statusCode() == 202) {
        return answer.headers().firstValue("Location").orElseThrow();
      }
      if (answer.statusCode() != 503) {
        throw new IOException("POST: " + answer.statusCode() + " " + answer.body());
      }
      Thread.sleep(100); // what was delivered lingers for a second
    }
  }

  /** Where the generator speaks to gateways. */
  int generatorPort() {
    Matcher matcher = GRPC.matcher(up.lastLine("generator 1 pid=").orElseThrow());
    if (!matcher.find()) {
      throw new IllegalStateException("the generator told no address");
    }
    return Integer.parseInt(matcher.group(1));
  }

  /** How long the function took that ran last, by its own log. */
  double functionSeconds() throws IOException {
    String line = up.lastLine("InvocationLog").orElseThrow();
    JsonNode log = JSON.readTree(line.substring(line.indexOf('{')));
    return (log.path("lastByteAt").asLong() - log.path("startedAt").asLong()) / 1e6;
  }

  private void awaitComplete(String location) throws IOException, InterruptedException {
    HttpRequest request = to(location).header("Prefer", "wait=60").build();
    JsonNode image = JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
    if (!image.path("state").asText().equals("COMPLETE")) {
      throw new IOException("no image: " + image);
    }
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  @Override
  public void close() {
    http.close();
    up.close();
  }
}
