package dev.coatcheck.generator;

import static dev.coatcheck.generator.GeneratorFixture.assertRefused;
import static dev.coatcheck.generator.GeneratorFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.ingest.ImageSource;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.Image;
import io.grpc.Status;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A function that may have failed before its create is answered. */
class QuickFailureTest {

  private static final int CREATES = 2000;

  /** What the pool has room for: their failures are told on other threads. */
  private static final int AT_ONCE = GeneratorFixture.MEMORY / GeneratorFixture.MAX_BYTES;

  private static final ImageSource FAILING =
      (_, sink) -> {
        sink.fail(Refusal.of(ErrorReason.FUNCTION_FAILED, "boom"));
        return () -> {};
      };

  @TempDir Path directory;
  private GeneratorFixture generator;

  @BeforeEach
  void start() throws Exception {
    generator = GeneratorFixture.start(directory, FAILING);
  }

  @AfterEach
  void nothingLeaked() {
    try (GeneratorFixture ending = generator) {
      ending.awaitPoolFull();
    }
  }

  @Test
  void createThatDoesNotWaitIsAnsweredWithTheImage() {
    for (int i = 0; i < CREATES; i++) {
      if (i % AT_ONCE == 0) {
        generator.awaitPoolFull();
      }
      Image image = generator.create();

      assertThat(image.getName()).isNotEmpty();
      assertThat(image.getState()).isIn(Image.State.GENERATING, Image.State.FAILED);
    }
  }

  @Test
  void createThatWaitsIsRefusedAsTheFunctionFailed() throws Exception {
    for (int i = 0; i < CREATES / 20; i++) {
      var _ =
          assertRefused(
              () ->
                  generator.images.createImage(
                      request().setWait(Duration.newBuilder().setSeconds(10)).build()),
              Status.Code.INTERNAL,
              ErrorReason.FUNCTION_FAILED);
    }
  }
}
