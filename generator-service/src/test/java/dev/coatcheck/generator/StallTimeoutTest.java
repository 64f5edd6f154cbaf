package dev.coatcheck.generator;

import static dev.coatcheck.generator.GeneratorFixture.assertRefused;
import static dev.coatcheck.generator.GeneratorFixture.bytesOf;
import static dev.coatcheck.generator.GeneratorFixture.png;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.ImageChunk;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long a generator waits for a reader of its own. */
class StallTimeoutTest {

  private static final Map<String, String> ONE_SECOND = Map.of("COATCHECK_STALL_TIMEOUT", "1s");

  /** The time-out, a second until it is looked for, and as much again. */
  private static final long LONGER_MILLIS = 4000;

  /** 1. Somebody takes the head, and then nothing. 2. The rest is not for them any more. */
  @Test
  void aReaderIsCutThoughNobodyElseAsks(@TempDir Path directory) throws Exception {
    FakeImageSource function = new FakeImageSource();
    byte[] image = png(GeneratorFixture.MAX_BYTES);
    try (GeneratorFixture generator = GeneratorFixture.start(directory, function, ONE_SECOND)) {
      String name = generator.create().getName();
      function.next().answer(image);
      Iterator<ImageChunk> chunks = generator.download(name);
      assertThat(chunks.next().hasImage()).isTrue();

      Thread.sleep(LONGER_MILLIS);

      assertRefused(() -> bytesOf(chunks), Status.Code.ABORTED, ErrorReason.IMAGE_CLAIMED);
      assertThat(bytesOf(generator.download(name))).isEqualTo(image);
      generator.delete(name);
      generator.awaitPoolFull();
    }
  }
}
