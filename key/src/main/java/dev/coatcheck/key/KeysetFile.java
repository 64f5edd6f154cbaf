package dev.coatcheck.key;

import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.DeterministicAead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeyStatus;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.daead.DeterministicAeadConfig2026;
import com.google.crypto.tink.daead.PredefinedDeterministicAeadParameters;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fleet's keyset: a file in Tink's JSON form, the same on every machine, which holds the key
 * that seals now, the one that will seal next, and the older ones that still open.
 *
 * <p>Every process looks at the file again when it has changed, at most once a second, so that a
 * rotation needs no restart. Since {@link #rotate} promotes the key that the rotation before it
 * added, a file may take a while to reach all machines: by the time a key seals, all of them can
 * open it.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class KeysetFile {

  private static final Logger log = LoggerFactory.getLogger(KeysetFile.class);
  private static final long LOOK_AGAIN_NANOS = Duration.ofSeconds(1).toNanos();

  /** Older keys open until this many newer ones were added; then they are dropped. */
  private static final int MAX_KEYS = 8;

  private static final Configuration TINK = DeterministicAeadConfig2026.get();

  private final Path file;

  private volatile Loaded loaded;

  private record Loaded(DeterministicAead aead, Stamp stamp, long lookedAtNanos) {}

  private record Stamp(FileTime modified, long bytes, Object fileKey) {
    static Stamp of(Path file) throws IOException {
      var attributes =
          Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class);
      Object key = attributes.fileKey();
      return new Stamp(attributes.lastModifiedTime(), attributes.size(), key == null ? "" : key);
    }
  }

  private KeysetFile(Path file, Loaded loaded) {
    this.file = file;
    this.loaded = loaded;
  }

  /**
   * Reads the keyset.
   *
   * @throws IOException if it cannot be read, or is no keyset; the message names the file
   */
  public static KeysetFile open(Path file) throws IOException {
    return new KeysetFile(file, load(file));
  }

  /** The cipher of the file as it is now, or as it was when it could last be read. */
  public DeterministicAead aead() {
    Loaded current = loaded;
    long now = System.nanoTime();
    if (now - current.lookedAtNanos > LOOK_AGAIN_NANOS) {
      current = lookAgain(now);
    }
    return current.aead;
  }

  private synchronized Loaded lookAgain(long now) {
    Loaded seen = loaded;
    if (now - seen.lookedAtNanos <= LOOK_AGAIN_NANOS) {
      return seen; // another thread was here first
    }
    try {
      loaded =
          Stamp.of(file).equals(seen.stamp) ? new Loaded(seen.aead, seen.stamp, now) : load(file);
    } catch (IOException e) {
      log.warn("keyset: going on with the one that was read before: {}", e.getMessage());
      loaded = new Loaded(seen.aead, seen.stamp, now);
    }
    return loaded;
  }

  /**
   * Writes a new keyset that only its owner can read: one key to seal with, and the next one.
   *
   * @throws FileAlreadyExistsException if there is one; it is left as it is
   */
  public static void create(Path file) throws IOException {
    if (Files.exists(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    String json;
    try {
      json =
          serialize(KeysetHandle.newBuilder().addEntry(newKey().makePrimary()).addEntry(newKey()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot make a keyset", e);
    }
    write(json, file.toAbsolutePath());
  }

  /**
   * Promotes the key that was added last, and adds the next one. Run it once, and spread the file
   * before running it again. The file keeps its owner, group and mode, and a symbolic link to it
   * stays one.
   *
   * @throws IOException if it cannot be read, is no keyset, or cannot be replaced by one that
   *     belongs to the same user and group; the message names the file, which is left as it is
   */
  public static void rotate(Path file) throws IOException {
    KeysetHandle old = read(file);
    cipher(old, file);
    String json;
    try {
      KeysetHandle.Builder rotated = KeysetHandle.newBuilder(old);
      KeysetHandle.Builder.Entry next = rotated.getAt(old.size() - 1);
      if (!next.getStatus().equals(KeyStatus.ENABLED)) {
        throw new IOException(file + " has a last key that is disabled (expected: an enabled one)");
      }
      next.makePrimary();
      while (rotated.size() >= MAX_KEYS) {
        rotated.deleteAt(0);
      }
      json = serialize(rotated.addEntry(newKey()));
    } catch (GeneralSecurityException | RuntimeException e) {
      throw malformed(file, e);
    }
    write(json, file.toRealPath());
  }

  private static KeysetHandle.Builder.Entry newKey() {
    return KeysetHandle.generateEntryFromParameters(
            PredefinedDeterministicAeadParameters.AES256_SIV)
        .withRandomId();
  }

  private static Loaded load(Path file) throws IOException {
    Stamp stamp;
    try {
      stamp = Stamp.of(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    return new Loaded(cipher(read(file), file), stamp, System.nanoTime());
  }

  private static DeterministicAead cipher(KeysetHandle keyset, Path file) throws IOException {
    try {
      return keyset.getPrimitive(TINK, DeterministicAead.class);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new IOException(file + " is no keyset for keys of this form", e);
    }
  }

  private static KeysetHandle read(Path file) throws IOException {
    try {
      return TinkJsonProtoKeysetFormat.parseKeyset(
          Files.readString(file), TINK, InsecureSecretKeyAccess.get());
    } catch (CharacterCodingException | GeneralSecurityException | RuntimeException e) {
      throw malformed(file, e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** The exceptions of files say a bare name, or a reason without one. */
  private static IOException unreadable(Path file, IOException cause) {
    String expected = " (expected: a file made by 'coatcheck keyset create')";
    if (cause instanceof NoSuchFileException) {
      return new NoSuchFileException(file.toString(), null, "no such keyset" + expected);
    }
    String why = cause instanceof AccessDeniedException ? "permission denied" : cause.getMessage();
    return new IOException("the keyset " + file + " cannot be read: " + why + expected, cause);
  }

  private static IOException malformed(Path file, Exception cause) {
    return new IOException(
        file + " is no keyset (expected: a file made by 'coatcheck keyset create')", cause);
  }

  private static String serialize(KeysetHandle.Builder keyset) throws GeneralSecurityException {
    return TinkJsonProtoKeysetFormat.serializeKeyset(
        keyset.setConfiguration(TINK).build(), TINK, InsecureSecretKeyAccess.get());
  }

  private static void write(String json, Path file) throws IOException {
    Path fresh =
        Files.createTempFile(
            file.getParent(),
            ".keyset",
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(fresh, json);
      if (Files.exists(file)) {
        copyAccess(file, fresh);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** Processes that may read the one must be able to read the other, and nobody else. */
  private static void copyAccess(Path from, Path to) throws IOException {
    PosixFileAttributes wanted = Files.readAttributes(from, PosixFileAttributes.class);
    PosixFileAttributes is = Files.readAttributes(to, PosixFileAttributes.class);
    var view = Files.getFileAttributeView(to, PosixFileAttributeView.class);
    try {
      if (!is.owner().equals(wanted.owner())) {
        view.setOwner(wanted.owner());
      }
      if (!is.group().equals(wanted.group())) {
        view.setGroup(wanted.group());
      }
    } catch (FileSystemException e) {
      throw new IOException(
          "%s belongs to %s:%s, to whom this user can give no file (expected: its owner, or root)"
              .formatted(from, wanted.owner().getName(), wanted.group().getName()),
          e);
    }
    view.setPermissions(wanted.permissions());
  }
}
