package dev.coatcheck.cli;

import dev.coatcheck.contract.IoReason;
import dev.coatcheck.key.KeysetFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code keyset create FILE} and {@code keyset rotate FILE}. */
@Command(
    name = "keyset",
    description = "Manages the keyset that all processes of a fleet read.",
    mixinStandardHelpOptions = true,
    versionProvider = Coatcheck.Version.class,
    synopsisSubcommandLabel = "create|rotate FILE")
final class KeysetCommand {

  private static final String FILE = "the keyset";

  @Spec private CommandSpec spec;

  KeysetCommand() {
    spec = CommandSpec.create(); // picocli puts the real one here
  }

  @Command(
      description = "Creates a keyset that only its owner can read.",
      mixinStandardHelpOptions = true,
      versionProvider = Coatcheck.Version.class)
  void create(@Parameters(paramLabel = "FILE", description = FILE) Path file) throws Failure {
    requireDirectory(file);
    try {
      KeysetFile.create(file);
    } catch (FileAlreadyExistsException e) {
      throw new Failure(
          file + " exists, and was left as it is (expected: a new file; or 'keyset rotate')", e);
    } catch (IOException e) {
      throw new Failure(file + " cannot be written: " + IoReason.of(e), e);
    }
    say("keyset: made " + file + "; give it to every process of the fleet, and to nobody else");
  }

  @Command(
      description = {
        "Promotes the key that the last rotation added, and adds the next one.",
        "Distribute the file to all processes before the next rotation; they reload it."
      },
      mixinStandardHelpOptions = true,
      versionProvider = Coatcheck.Version.class)
  void rotate(@Parameters(paramLabel = "FILE", description = FILE) Path file) throws Failure {
    if (!Files.isRegularFile(file)) {
      throw new Failure(file + " is no file (expected: a keyset, made by 'keyset create')");
    }
    try {
      KeysetFile.rotate(file);
    } catch (IOException e) {
      String why = IoReason.of(e); // which names the file, if it is no keyset
      throw new Failure(
          why.contains(file.toString()) ? why : file + " cannot be written: " + why, e);
    }
    say("keyset: rotated " + file + "; give it to every process before you rotate again");
  }

  private static void requireDirectory(Path file) throws Failure {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw new Failure(directory + " is no directory (expected: where " + file + " is to lie)");
    }
  }

  private void say(String line) {
    spec.commandLine().getOut().println(line);
  }
}
