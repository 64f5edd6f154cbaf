package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.client.CoatcheckClient;
import dev.coatcheck.client.CoatcheckException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where an image may go to; that nobody sends one here shows what becomes of the place. */
class OutputTargetTest {

  @TempDir private Path directory;

  @Test
  void aPipeStaysAPipe() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Process reader = new ProcessBuilder("cat", pipe.toString()).start();

    receiveNothing(OutputTarget.of(pipe));

    assertThat(reader.waitFor()).isZero(); // it was opened, and closed again
    assertThat(Files.isRegularFile(pipe)).isFalse();
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(pipe);
    }
  }

  @Test
  void aDirectoryIsRefused() {
    assertThatThrownBy(() -> OutputTarget.of(directory))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("is a directory");
    assertThatThrownBy(() -> OutputTarget.of(directory.resolve("none/map.png")))
        .hasMessageContaining("expected: a directory that is there");
  }

  private static void receiveNothing(OutputTarget target) throws IOException {
    GetOutput out = GetOutput.quiet(new Printer(new PrintWriter(new StringWriter())));
    try (CoatcheckClient nobody =
        CoatcheckClient.builder("127.0.0.1:" + FreePorts.inARow(1))
            .patience(Duration.ZERO)
            .build()) {
      assertThatThrownBy(() -> target.receive(nobody.resume("images/none", ""), out))
          .isInstanceOf(CoatcheckException.class);
    }
  }
}
