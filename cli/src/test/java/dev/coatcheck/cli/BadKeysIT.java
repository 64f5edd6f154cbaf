package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.key.ImageKey;
import dev.coatcheck.key.KeySealer;
import dev.coatcheck.key.KeysetFile;
import dev.coatcheck.key.UploadToken;
import dev.coatcheck.v1.CompleteUploadRequest;
import dev.coatcheck.v1.DeleteImageRequest;
import java.net.http.HttpClient.Version;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Keys and upload tokens that are not what they should be: all of them are as good as unknown, for
 * every call, over HTTP and gRPC, at the gateway and at the generator.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class BadKeysIT {

  private static final String SHA256 = "0".repeat(64);
  private static final String DIGITS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  private static final SecureRandom ENTROPY = new SecureRandom();

  private FaultyFleet fleet;
  private HttpCaller http;
  private KeySealer sealer;
  private KeySealer foreign;

  /** A key that this fleet made for an image that is held, and of which all others are made. */
  private String key;

  /** What may be wrong with what should be a key or a token. */
  enum Wrong {
    FORGED,
    TRUNCATED,
    CHANGED,
    FOREIGN,
    PADDED,
    NOT_CANONICAL,
    TOO_LONG,
    NOT_BASE64,
    OF_THE_OTHER_KIND,
    OF_NO_IMAGE,
    OF_ANOTHER_RUN,
    OVER
  }

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    fleet = FaultyFleet.start(directory, Map.of());
    http = fleet.http(Version.HTTP_1_1);
    sealer = new KeySealer(KeysetFile.open(directory.resolve("keyset.json"))::aead);
    Path others = directory.resolve("others.json");
    KeysetFile.create(others);
    foreign = new KeySealer(KeysetFile.open(others)::aead);
    String name = http.create("{\"spec\": {\"sizeBytes\": 100}}");
    assertThat(http.finished(name).path("state").asText()).isEqualTo("COMPLETE");
    key = name.substring("images/".length());
  }

  /** The image that is held is as it was, and goes out whole. */
  @AfterAll
  void stop() throws Exception {
    assertThat(http.content("images/" + key)).isInstanceOf(Ending.Whole.class);
    http.close();
    fleet.awaitBaseline();
    fleet.close();
  }

  @AfterEach
  void nothingWasDone() throws Exception {
    assertThat(fleet.calls()).isEqualTo(1);
    assertThat(fleet.fleet.generators.getFirst().store().size()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void keyIsUnknown(Wrong wrong) throws Exception {
    String name = "images/" + key(wrong);
    boolean lost = wrong == Wrong.OF_ANOTHER_RUN; // all that run held went with it
    String status = lost ? "410" : "404";
    String reason = lost ? "IMAGE_LOST" : "IMAGE_NOT_FOUND";
    var expected = new Refused(status, reason, "");
    awaitAnswerOfAll(name);
    for (String path : List.of("", "/content", "/events")) {
      assertThat(http.refusal("GET", "/v1/" + name + path, "")).as(path).isEqualTo(expected);
    }
    assertThat(http.refusal("DELETE", "/v1/" + name, "")).isEqualTo(expected);
    assertThat(http.send("HEAD", "/v1/" + name + "/content", "").statusCode())
        .isEqualTo(Integer.parseInt(status));

    for (RpcCaller rpc : List.of(fleet.rpc, fleet.generator)) {
      String told = rpc == fleet.rpc ? reason : "IMAGE_NOT_FOUND";
      var unknown = new Refused("NOT_FOUND", told, "");
      assertThat(
              List.of(
                  RpcCaller.refusal(() -> rpc.get(name)),
                  RpcCaller.refusal(() -> rpc.lastNews(name)),
                  RpcCaller.refusal(() -> rpc.images().deleteImage(delete(name)))))
          .containsOnly(unknown);
      assertThat(rpc.download(name)).isEqualTo(new Ending.Told(unknown));
    }
  }

  @ParameterizedTest
  @EnumSource
  void tokenIsUnknown(Wrong wrong) throws Exception {
    String token = token(wrong);
    var expected = new Refused("404", "UPLOAD_NOT_FOUND", "");
    if (wrong == Wrong.OF_ANOTHER_RUN) {
      awaitAnswerOfAll("images/" + key(wrong)); // by then the gateway knows the generator's run
    }
    assertThat(
            http.refusal(
                "PATCH",
                "/v1/uploads/" + token,
                "part",
                "Upload-Offset",
                "0",
                "Upload-Writer",
                "w"))
        .isEqualTo(expected);
    assertThat(
            http.refusal(
                "POST",
                "/v1/uploads/" + token + ":complete",
                "{\"sizeBytes\": 4, \"sha256\": \"%s\"}".formatted(SHA256),
                "Content-Type",
                "application/json"))
        .isEqualTo(expected);

    var complete =
        CompleteUploadRequest.newBuilder()
            .setToken(token)
            .setWriter("w")
            .setSizeBytes(4)
            .setSha256(SHA256)
            .build();
    assertThat(RpcCaller.refusal(() -> fleet.generator.ingest().completeUpload(complete)))
        .isEqualTo(new Refused("NOT_FOUND", "UPLOAD_NOT_FOUND", ""));
  }

  /**
   * Who is asked where an image is has a second to answer; then it is 503, and to be asked again.
   */
  private void awaitAnswerOfAll(String name) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> !http.refusal("GET", "/v1/" + name, "").status().equals("503"));
  }

  private String key(Wrong wrong) {
    ImageKey image = sealer.open(key).orElseThrow();
    return spoilt(wrong, key)
        .orElseGet(() ->
            switch (wrong) {
              case FOREIGN -> foreign.seal(image);
              case OF_NO_IMAGE -> sealer.seal(made(image.incarnation(), Duration.ZERO));
              case OF_ANOTHER_RUN -> sealer.seal(made(image.incarnation() + 1, Duration.ZERO));
              case OVER -> sealer.seal(made(image.incarnation(), Duration.ofDays(3)));
              default -> sealer.seal(token(image.incarnation(), Duration.ofMinutes(1)));
            });
  }

  private String token(Wrong wrong) {
    long run = sealer.open(key).orElseThrow().incarnation();
    UploadToken token = token(run, Duration.ofMinutes(1));
    return spoilt(wrong, sealer.seal(token))
        .orElseGet(() ->
            switch (wrong) {
              case FOREIGN -> foreign.seal(token);
              case OF_NO_IMAGE -> sealer.seal(token);
              case OF_ANOTHER_RUN -> sealer.seal(token(run + 1, Duration.ofMinutes(1)));
              case OVER -> sealer.seal(token(run, Duration.ofMinutes(-1)));
              default -> key;
            });
  }

  /** What no seal is needed for. */
  private static Optional<String> spoilt(Wrong wrong, String good) {
    int end = good.length() - 1;
    return switch (wrong) {
      case FORGED -> Optional.of("A".repeat(end));
      case TRUNCATED -> Optional.of(good.substring(0, end));
      case CHANGED -> Optional.of((good.charAt(0) == 'B' ? 'C' : 'B') + good.substring(1));
      case PADDED -> Optional.of(good + "=");
      case NOT_CANONICAL -> Optional.of(good.substring(0, end) + next(good.charAt(end)));
      case TOO_LONG -> Optional.of(good + good + good);
      case NOT_BASE64 -> Optional.of("!" + good.substring(1));
      default -> Optional.empty();
    };
  }

  /** The digit of base64url that differs in the last bit, which may be one that says nothing. */
  private static char next(char digit) {
    return DIGITS.charAt(DIGITS.indexOf(digit) ^ 1);
  }

  private ImageKey made(long incarnation, Duration ago) {
    String address = fleet.fleet.generators.getFirst().address();
    return ImageKey.create(ENTROPY, Instant.now().minus(ago), incarnation, address);
  }

  private UploadToken token(long incarnation, Duration left) {
    String address = fleet.fleet.generators.getFirst().address();
    return new UploadToken(SHA256, 1, 1000, Instant.now().plus(left), incarnation, address);
  }

  private static DeleteImageRequest delete(String name) {
    return DeleteImageRequest.newBuilder().setName(name).build();
  }
}
