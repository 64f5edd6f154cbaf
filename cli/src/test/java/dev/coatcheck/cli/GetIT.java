package dev.coatcheck.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.coatcheck.client.CoatcheckClient;
import dev.coatcheck.client.ImagePickup;
import dev.coatcheck.lambda.local.bytes.BytesFunction;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code get}, and the Java client under it, with a fleet: whole or told, and nothing is left. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class GetIT {

  private static final int SIZE = 3_000_000;
  private static final String SPEC = "{\"sizeBytes\": 3000000, \"seed\": 5}";

  @TempDir private Path directory;
  private Path file;
  private InProcessFleet fleet;

  @BeforeAll
  void start(@TempDir Path keyset) throws Exception {
    // An image that is not acknowledged would stay for its linger.
    fleet = InProcessFleet.start(keyset, 2, 2, Map.of("COATCHECK_LINGER", "60s"));
  }

  @AfterAll
  void stop() throws Exception {
    fleet.close();
  }

  @BeforeEach
  void name() {
    file = directory.resolve("map.png");
  }

  @AfterEach
  void nothingIsLeft() {
    fleet.awaitBaseline();
  }

  @Test
  void bringsTheImageHomeAndSaysSo() throws Exception {
    GetCaller got = GetCaller.get(fleet.http(0), "--spec", SPEC, "-o", file.toString());
    assertThat(got.err()).contains("map.png: 3.0 MB, SHA-256 " + sha256());
    assertThat(got.code()).isZero();
    assertThat(file).hasBinaryContent(BytesFunction.content(SIZE, 5));
    assertThat(files()).containsExactly("map.png");
  }

  @Test
  void tellsScriptsByJson() throws Exception {
    GetCaller got = GetCaller.get(fleet.http(0), "--json", "--spec", SPEC, "-o", file.toString());
    assertThat(got.code()).as(got.toString()).isZero();
    assertThat(got.err()).isEmpty();
    assertThat(got.event("created").path("name").asText()).startsWith("images/");
    assertThat(got.event("done").path("sha256").asText()).isEqualTo(sha256());
    assertThat(got.event("done").path("sizeBytes").asInt()).isEqualTo(SIZE);
  }

  @Test
  void saysNothingWhenQuiet() {
    GetCaller got = GetCaller.get(fleet.http(1), "--quiet", "--spec", SPEC, "-o", file.toString());
    assertThat(got).isEqualTo(new GetCaller(0, "", ""));
    assertThat(file).exists();
  }

  /**
   * 1. It takes too long; the file is not there. 2. What it says to go on, by the other gateway.
   */
  @Test
  void goesOnByWhatItSays() throws Exception {
    GetCaller late =
        GetCaller.get(
            fleet.http(0),
            "--json",
            "--timeout",
            "2",
            "--transfer",
            "RESPONSE_STREAM",
            "--spec",
            "{\"sizeBytes\": 3000000, \"seed\": 5, \"bytesPerSecond\": 750000}",
            "-o",
            file.toString());
    assertThat(late.code()).as(late.toString()).isEqualTo(5);
    assertThat(files()).singleElement().asString().endsWith(".part");
    JsonNode failed = late.event("failed");
    assertThat(failed.path("exitCode").asInt()).isEqualTo(5);
    List<String> words = List.of(failed.path("resume").asText().split(" "));
    assertThat(words).contains("--claim", "-o", "--gateway");

    String key = words.get(words.indexOf("--resume") + 1);
    String claim = words.get(words.indexOf("--claim") + 1);
    GetCaller got =
        GetCaller.get(fleet.http(1), "--resume", key, "--claim", claim, "-o", file.toString());
    assertThat(got.code()).as(got.toString()).isZero();
    assertThat(file).hasBinaryContent(BytesFunction.content(SIZE, 5));
    assertThat(files()).containsExactly("map.png");
  }

  @Test
  void tellsThatAnImageIsHandedOverOnce() throws Exception {
    GetCaller first = GetCaller.get(fleet.http(0), "--json", "--spec", SPEC, "-o", file.toString());
    String name = first.event("created").path("name").asText();
    GetCaller second =
        GetCaller.get(fleet.http(0), "--resume", name, "-o", directory.resolve("again").toString());
    assertThat(second.code()).as(second.toString()).isEqualTo(3);
    assertThat(second.err()).contains("coatcheck: the image was").doesNotContain("--resume");
    assertThat(files()).containsExactly("map.png");
  }

  @Test
  void endsWithACodeForEachKindOfFailure() throws Exception {
    assertThat(code("--spec", "[]")).isEqualTo(2);
    assertThat(code()).isEqualTo(2);
    assertThat(code("--spec", "{}", "--resume", "key")).isEqualTo(2);
    assertThat(code("--spec", "{}", "--function", "none")).isEqualTo(2);
    assertThat(code("--spec", "{\"sizeBytes\": \"many\"}")).isEqualTo(2);
    assertThat(code("--resume", "A".repeat(90))).isEqualTo(3);
    assertThat(code("--spec", "{\"sizeBytes\": 90000, \"fault\": {\"failAtByte\": 5000}}"))
        .isEqualTo(4);
    assertThat(files()).isEmpty();
  }

  @Test
  void tellsThatThereIsNoRoom() throws Exception {
    try (var client = CoatcheckClient.connect("127.0.0.1:" + fleet.gateways.get(0).grpcPort());
        var rpc = new RpcCaller(fleet.gateways.get(0).grpcPort())) {
      String full =
          """
          {"spec": {"sizeBytes": 3000000, "bytesPerSecond": 300000}, "maxBytes": "32000000"}
          """;
      List<String> held = List.of(rpc.create(full), rpc.create(full));
      GetCaller got =
          GetCaller.get(
              fleet.http(0), "--max-bytes", "32000000", "--spec", SPEC, "-o", file.toString());
      for (String name : held) {
        client.delete(name);
      }
      assertThat(got.code()).as(got.toString()).isEqualTo(5);
      assertThat(got.err()).contains("no generator has room");
      assertThat(files()).isEmpty();
    }
  }

  @Test
  void tellsThatNoGatewayIsThere() throws Exception {
    GetCaller got =
        GetCaller.get(
            "http://127.0.0.1:" + FreePorts.inARow(1), "--spec", SPEC, "-o", file.toString());
    assertThat(got.code()).isEqualTo(5);
    assertThat(got.err())
        .contains("no gateway can be reached")
        .contains("coatcheck up", "connection");
  }

  @Test
  void callsNoFunctionForAFileThatCannotBeWritten() throws Exception {
    GetCaller got = GetCaller.get(fleet.http(0), "--spec", SPEC, "-o", directory + "/none/map.png");
    assertThat(got.code()).isEqualTo(1);
    assertThat(got.err()).contains("cannot be written");
  }

  @Test
  void clientStreamsAndPublishes() throws Exception {
    try (var client = CoatcheckClient.connect("127.0.0.1:" + fleet.gateways.get(1).grpcPort())) {
      ImagePickup streamed = client.generate(Map.of("sizeBytes", SIZE, "seed", 6)).acknowledge();
      try (InputStream stream = streamed.stream()) {
        assertThat(stream.readAllBytes()).isEqualTo(BytesFunction.content(SIZE, 6));
      }
      ByteBuffer published = ByteBuffer.allocate(SIZE);
      var done = new CompletableFuture<Void>();
      client
          .generate(Map.of("sizeBytes", SIZE, "seed", 7))
          .acknowledge()
          .publisher()
          .subscribe(new OneByOne(published, done));
      done.get(30, TimeUnit.SECONDS);
      assertThat(published.array()).isEqualTo(BytesFunction.content(SIZE, 7));
    }
  }

  /** Asks for the next buffer when it has the last. */
  private static final class OneByOne implements Flow.Subscriber<ByteBuffer> {

    private final ByteBuffer into;
    private final CompletableFuture<Void> done;
    private Flow.@Nullable Subscription subscription;

    OneByOne(ByteBuffer into, CompletableFuture<Void> done) {
      this.into = into;
      this.done = done;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      given.request(1);
    }

    @Override
    public void onNext(ByteBuffer bytes) {
      into.put(bytes);
      requireNonNull(subscription).request(1);
    }

    @Override
    public void onError(Throwable thrown) {
      done.completeExceptionally(thrown);
    }

    @Override
    public void onComplete() {
      done.complete(null);
    }
  }

  private int code(String... options) {
    String[] all =
        Stream.concat(Stream.of("-o", file.toString()), Stream.of(options)).toArray(String[]::new);
    return GetCaller.get(fleet.http(0), all).code();
  }

  private static String sha256() {
    return ImageClient.sha256(BytesFunction.content(SIZE, 5));
  }

  private List<String> files() throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(each -> each.getFileName().toString()).toList();
    }
  }
}
