package dev.coatcheck.cli;

import dev.coatcheck.contract.IoReason;
import dev.coatcheck.key.KeysetFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The keyset of one run: the one that is set, or a new one in a directory of its own, which goes
 * with the run.
 *
 * @param file the keyset
 * @param directory deleted at the end, with the keyset; null if the keyset is not ours
 */
record FleetKeyset(Path file, @Nullable Path directory) implements AutoCloseable {

  static FleetKeyset of(String set) throws Failure {
    if (!set.isBlank()) {
      return new FleetKeyset(Path.of(set), null);
    }
    try {
      Path directory = Files.createTempDirectory("coatcheck-");
      FleetKeyset made = new FleetKeyset(directory.resolve("keyset.json"), directory);
      KeysetFile.create(made.file);
      return made;
    } catch (IOException e) {
      throw new Failure("no keyset can be written for this run: " + IoReason.of(e), e);
    }
  }

  @Override
  public void close() throws IOException {
    if (directory != null) {
      Files.deleteIfExists(file);
      Files.deleteIfExists(directory);
    }
  }
}
