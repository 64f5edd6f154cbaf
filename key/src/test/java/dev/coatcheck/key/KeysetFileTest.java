package dev.coatcheck.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysetFileTest {

  private final ImageKey key = ImageKey.create(new SecureRandom(), Instant.now(), 1, "a:1");

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void create() throws IOException {
    file = directory.resolve("keyset.json");
    KeysetFile.create(file);
  }

  @Test
  void onlyItsOwnerMayReadIt() throws IOException {
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void doesNotOverwriteAKeyset() throws IOException {
    String before = Files.readString(file);

    assertThatThrownBy(() -> KeysetFile.create(file))
        .isInstanceOf(FileAlreadyExistsException.class);

    assertThat(Files.readString(file)).isEqualTo(before);
  }

  /** Others read it by their group, and through a link. */
  @Test
  void rotationKeepsOwnerGroupModeAndLink() throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    if (Files.getAttribute(file, "unix:uid").equals(0)) { // another cannot give files away
      Files.setAttribute(file, "unix:uid", 10001);
      Files.setAttribute(file, "unix:gid", 10002);
    }
    var before = Files.readAttributes(file, "unix:uid,gid,mode");
    Path link = Files.createSymbolicLink(directory.resolve("link.json"), file.getFileName());
    String sealed = sealer(file).seal(key);

    KeysetFile.rotate(link);

    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(Files.readAttributes(file, "unix:uid,gid,mode")).isEqualTo(before);
    assertThat(sealer(file).seal(key)).isNotEqualTo(sealed);
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactlyInAnyOrder(file, link);
    }
  }

  @Test
  void whatSealsAfterARotationCouldBeOpenedBeforeIt() throws IOException {
    Path lagging = directory.resolve("lagging.json");
    Files.copy(file, lagging);

    KeysetFile.rotate(file);
    String sealed = sealer(file).seal(key);

    assertThat(sealer(lagging).open(sealed)).contains(key);
    KeysetFile.rotate(file);
    assertThat(sealer(lagging).open(sealer(file).seal(key))).isEmpty();
  }

  @Test
  void olderKeysOpenUntilTheyAreRotatedOut() throws IOException {
    String sealed = sealer(file).seal(key);

    for (int rotation = 0; rotation < 6; rotation++) {
      KeysetFile.rotate(file);
      assertThat(sealer(file).open(sealed)).as("after rotation %s", rotation + 1).contains(key);
    }
    KeysetFile.rotate(file);
    assertThat(sealer(file).open(sealed)).isEmpty();
  }

  @Test
  void aRunningProcessSeesTheRotation() throws Exception {
    KeySealer running = sealer(file);
    String before = running.seal(key);
    KeysetFile.rotate(file);

    String after = before;
    for (long end = System.nanoTime() + 10_000_000_000L;
        after.equals(before) && System.nanoTime() < end; ) {
      Thread.onSpinWait();
      after = running.seal(key);
    }

    assertThat(after).isNotEqualTo(before);
    assertThat(running.open(before)).contains(key);
  }

  @Test
  void goesOnWithTheLastGoodKeysetWhenTheFileIsSpoiled() throws Exception {
    KeysetFile keyset = KeysetFile.open(file);
    KeySealer running = new KeySealer(keyset::aead);
    String sealed = running.seal(key);
    Path rubbish = Files.writeString(directory.resolve("rubbish"), "rubbish");
    Files.move(rubbish, file, StandardCopyOption.REPLACE_EXISTING);

    for (long end = System.nanoTime() + 1_500_000_000L; System.nanoTime() < end; ) {
      assertThat(running.open(sealed)).contains(key);
    }
  }

  @Test
  void saysWhatIsWrongWithAFile() throws IOException {
    Path rubbish = Files.writeString(directory.resolve("rubbish"), "{\"key\":[]}");

    assertThatThrownBy(() -> KeysetFile.open(rubbish))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("rubbish is no keyset")
        .hasMessageContaining("keyset create");
    assertThatThrownBy(() -> KeysetFile.open(directory.resolve("none")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("none: no such keyset (expected: a file made by");
    assertThatThrownBy(() -> KeysetFile.open(directory))
        .hasMessageStartingWith("the keyset " + directory + " cannot be read: ");
  }

  private static KeySealer sealer(Path file) throws IOException {
    return new KeySealer(KeysetFile.open(file)::aead);
  }
}
