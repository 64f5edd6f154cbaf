package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.key.ImageKey;
import dev.coatcheck.key.KeySealer;
import dev.coatcheck.key.KeysetFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysetCommandTest {

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void createsAKeysetThatOnlyItsOwnerCanRead() throws IOException {
    Path file = directory.resolve("keyset.json");

    assertThat(run("keyset", "create", file.toString())).isZero();

    assertThat(out.toString()).startsWith("keyset: made " + file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(sealer(file).seal(key())).isNotEmpty();
  }

  @Test
  void leavesAKeysetAsItIs() throws IOException {
    Path file = directory.resolve("keyset.json");
    run("keyset", "create", file.toString());
    String before = Files.readString(file);

    assertThat(run("keyset", "create", file.toString())).isEqualTo(1);

    assertThat(err.toString()).contains(file + " exists, and was left as it is");
    assertThat(Files.readString(file)).isEqualTo(before);
  }

  @Test
  void rotatesSoThatOldKeysStillOpen() throws IOException {
    Path file = directory.resolve("keyset.json");
    run("keyset", "create", file.toString());
    ImageKey key = key();
    String sealed = sealer(file).seal(key);

    assertThat(run("keyset", "rotate", file.toString())).isZero();

    assertThat(out.toString()).contains("keyset: rotated " + file);
    assertThat(sealer(file).open(sealed)).contains(key);
    assertThat(sealer(file).seal(key)).isNotEqualTo(sealed);
  }

  @Test
  void saysWhatIsWrongWithTheFile() throws IOException {
    Path none = directory.resolve("none.json");
    assertThat(run("keyset", "rotate", none.toString())).isEqualTo(1);
    assertThat(err.toString()).contains(none + " is no file (expected: a keyset");

    Path other = Files.writeString(directory.resolve("other.json"), "{}");
    assertThat(run("keyset", "rotate", other.toString())).isEqualTo(1);
    assertThat(err.toString()).contains(other + " is no keyset");

    Path nowhere = directory.resolve("no/where.json");
    assertThat(run("keyset", "create", nowhere.toString())).isEqualTo(1);
    assertThat(err.toString()).contains(nowhere.getParent() + " is no directory");
  }

  @Test
  void isToldHowToBeAsked() {
    assertThat(run("keyset", "create")).isEqualTo(2);
    assertThat(err.toString()).contains("Missing required parameter: 'FILE'");

    assertThat(run("up", "--gateways", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--gateways: 0 (expected: 1 to 64)");

    assertThat(run("keyset")).isEqualTo(2);
    assertThat(run()).isEqualTo(2);
  }

  private int run(String... args) {
    return Coatcheck.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }

  private static KeySealer sealer(Path file) throws IOException {
    return new KeySealer(KeysetFile.open(file)::aead);
  }

  private static ImageKey key() {
    return ImageKey.create(new SecureRandom(), Instant.now(), 1, "127.0.0.1:9090");
  }
}
