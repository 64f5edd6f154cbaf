package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GetTargetTest {

  @TempDir private Path directory;

  /** A part takes its place when it is whole, and root could do that to any device. */
  @Test
  void refusesWhatIsNoFile() {
    assertThatThrownBy(() -> GetTarget.file(Path.of("/dev/null")))
        .isInstanceOf(Failure.class)
        .hasMessage("/dev/null is a device or a pipe (expected: the name of a file, or -)");
    assertThatThrownBy(() -> GetTarget.file(directory))
        .isInstanceOf(Failure.class)
        .hasMessage(directory + " is a directory (expected: the name of a file)");
    assertThatThrownBy(() -> GetTarget.file(directory.resolve("no/map.png")))
        .isInstanceOf(Failure.class);
  }

  @Test
  void takesANewFileAndOneThatIsThere() throws Exception {
    Path there = Files.writeString(directory.resolve("map.png"), "older");

    assertThat(GetTarget.file(there)).isNotNull();
    assertThat(GetTarget.file(directory.resolve("new.png"))).isNotNull();
  }
}
