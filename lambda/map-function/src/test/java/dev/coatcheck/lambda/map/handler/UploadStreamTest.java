package dev.coatcheck.lambda.map.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.lambda.kit.PartUploader;
import dev.coatcheck.lambda.kit.Upload;
import dev.coatcheck.lambda.kit.UploadAddress;
import dev.coatcheck.lambda.kit.UploadFailure;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A push over real HTTP, to a server that takes nothing that is not as agreed. */
class UploadStreamTest {

  private static final int PART_BYTES = 10_000;

  private HttpClient http;
  private UploadServer server;

  @BeforeEach
  void start() throws IOException {
    http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    server = new UploadServer(PART_BYTES, 0);
  }

  @AfterEach
  void stop() {
    server.close();
    http.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 9_999, 10_000, 10_001, 20_000, 123_456})
  void partsMakeTheImage(int sizeBytes) throws Exception {
    byte[] image = random(sizeBytes);

    PartUploader.Receipt receipt = push(image);

    assertThat(server.image()).isEqualTo(image);
    assertThat(server.offsets()).hasSize((sizeBytes + PART_BYTES - 1) / PART_BYTES);
    assertThat(receipt).isEqualTo(new PartUploader.Receipt(sizeBytes, UploadServer.sha256(image)));
  }

  @Test
  void fourPartsAreUnderWayAtOnceAndNeverFive() throws Exception {
    server.close();
    server = new UploadServer(PART_BYTES, 4);
    byte[] image = random(40 * PART_BYTES);

    push(image);

    assertThat(server.image()).isEqualTo(image);
    assertThat(server.mostUnderWay()).isEqualTo(4);
  }

  @Test
  void writerIsHeldBackWhileAllPartsAreBusy() throws Exception {
    server.close();
    // Five parts can never be under way, so that none is ever answered.
    server = new UploadServer(PART_BYTES, 5);
    UploadStream out = new UploadStream(upload("one", Duration.ofMillis(1)));
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              try {
                out.write(random(9 * PART_BYTES));
              } catch (IOException e) {
                // The test ends it.
              }
            });
    await().until(() -> server.mostUnderWay() == 4);
    assertThat(writer.join(Duration.ofMillis(200))).isFalse();
    assertThat(server.offsets()).isEmpty();

    writer.interrupt();
    assertThat(writer.join(Duration.ofSeconds(5))).isTrue();
    out.close();
  }

  @ParameterizedTest
  @CsvSource({
    "404, UPLOAD_NOT_FOUND,   it is over",
    "409, ATTEMPT_SUPERSEDED, another run has begun to write",
    "422, INVALID_REQUEST,    too long",
  })
  void refusalOfPartIsFinal(int status, String reason, String detail) {
    server.answerNext(status, reason, detail);

    assertThatThrownBy(() -> push(random(500 * PART_BYTES)))
        .isInstanceOfSatisfying(
            UploadFailure.class, e -> assertThat(e.errorType()).isEqualTo("UploadRefused"))
        .hasMessageStartingWith("the part at ")
        .hasMessageEndingWith(": %d %s, %s".formatted(status, reason, detail));
    assertThat(server.isComplete()).isFalse();
    assertThat(server.offsets()).hasSizeLessThan(100);
  }

  @Test
  void secondRunIsRefused() throws Exception {
    try (UploadStream first = new UploadStream(upload("first", Duration.ofMillis(1)))) {
      first.write(random(3 * PART_BYTES));
      await().until(() -> server.offsets().size() == 3);

      assertThatThrownBy(
              () -> {
                try (UploadStream second =
                    new UploadStream(upload("second", Duration.ofMillis(1)))) {
                  second.write(random(3 * PART_BYTES));
                  second.complete();
                }
              })
          .hasMessageContaining("409 ATTEMPT_SUPERSEDED");
      first.complete();
    }
    assertThat(server.image()).isEqualTo(random(3 * PART_BYTES));
  }

  @Test
  void refusalOfTheWholeIsTold() throws Exception {
    UploadStream out = new UploadStream(upload("one", Duration.ofMillis(1)));
    out.write(random(PART_BYTES));
    await().until(() -> server.offsets().size() == 1);
    server.answerNext(422, "INVALID_REQUEST", "sizeBytes: 1");

    assertThatThrownBy(out::complete)
        .isInstanceOf(UploadFailure.class)
        .hasMessage("the end: 422 INVALID_REQUEST, sizeBytes: 1");
    out.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {503, 0})
  void whatMayGoWellAnotherTimeIsTriedAgain(int status) throws Exception {
    byte[] image = random(5 * PART_BYTES);
    for (int i = 1; i < Upload.MAX_ATTEMPTS; i++) {
      server.answerNext(status, "GENERATOR_UNAVAILABLE", "draining");
    }

    push(image);

    assertThat(server.image()).isEqualTo(image);
  }

  @Test
  void whatNeverGoesWellFails() {
    for (int i = 0; i < 10 * Upload.MAX_ATTEMPTS; i++) {
      server.answerNext(503, "GENERATOR_UNAVAILABLE", "draining");
    }

    assertThatThrownBy(() -> push(random(2 * PART_BYTES)))
        .isInstanceOfSatisfying(
            UploadFailure.class, e -> assertThat(e.errorType()).isEqualTo("UploadFailed"))
        .hasMessageContaining("503 GENERATOR_UNAVAILABLE, draining (6 times)");
  }

  @Test
  void serverThatIsNotThereFails() {
    server.close();

    assertThatThrownBy(() -> push(random(PART_BYTES)))
        .isInstanceOfSatisfying(
            UploadFailure.class, e -> assertThat(e.errorType()).isEqualTo("UploadFailed"))
        .hasMessageContaining("the part at 0: java.net.ConnectException")
        .hasMessageNotContaining("t0ken");
  }

  private PartUploader.Receipt push(byte[] image) throws Exception {
    try (UploadStream out = new UploadStream(upload("one", Duration.ofMillis(1)))) {
      // In pieces that fit no part.
      for (int at = 0; at < image.length; at += 777) {
        out.write(Arrays.copyOfRange(image, at, Math.min(at + 777, image.length)));
      }
      return out.complete();
    }
  }

  private Upload upload(String writer, Duration firstPause) {
    return new Upload(http, new UploadAddress(server.url(), PART_BYTES), writer, firstPause);
  }

  private static byte[] random(int sizeBytes) {
    byte[] bytes = new byte[sizeBytes];
    new SplittableRandom(sizeBytes).nextBytes(bytes);
    return bytes;
  }
}
