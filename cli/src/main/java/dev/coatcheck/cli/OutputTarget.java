package dev.coatcheck.cli;

import dev.coatcheck.client.ImagePickup;
import dev.coatcheck.client.ReceivedImage;
import dev.coatcheck.contract.IoReason;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Where an image goes to. */
interface OutputTarget {

  /** Receives the image, and tells when it is there. */
  void receive(ImagePickup pickup, GetOutput out) throws IOException;

  /**
   * A file, which will be there when it is whole; or what is there and is no file, such as a device
   * or a pipe, which is written to and stays what it is.
   *
   * @throws Failure if it never could be
   */
  static OutputTarget of(Path named) throws Failure {
    Path file = behindLinks(named);
    if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
      return (pickup, out) -> stream(pickup, out, named, new FileOutputStream(file.toFile()));
    }
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || !Files.isDirectory(directory) || !Files.isWritable(directory)) {
      throw new Failure(
          "%s cannot be written (expected: a directory that is there, and can be written)"
              .formatted(file));
    }
    if (Files.isDirectory(file)) {
      throw new Failure(file + " is a directory (expected: the name of a file)");
    }
    return (pickup, out) -> {
      ReceivedImage image = pickup.toFile(file);
      out.done(image.sizeBytes(), image.sha256(), file.toString());
    };
  }

  /** Standard output, which cannot be taken back: the exit code tells whether it is whole. */
  static OutputTarget standardOutput() {
    return (pickup, out) ->
        stream(pickup, out, Path.of("-"), new FileOutputStream(FileDescriptor.out));
  }

  private static void stream(ImagePickup pickup, GetOutput out, Path name, FileOutputStream file)
      throws IOException {
    MessageDigest sha256 = sha256();
    long bytes;
    try (FileOutputStream to = file;
        InputStream from = new DigestInputStream(pickup.stream(), sha256)) {
      bytes = from.transferTo(to);
    }
    out.done(bytes, HexFormat.of().formatHex(sha256.digest()), name.toString());
  }

  /** What a link leads to, so that the link is not replaced by the image. */
  private static Path behindLinks(Path file) throws Failure {
    try {
      return Files.exists(file) ? file.toRealPath() : file;
    } catch (IOException e) {
      throw new Failure(file + " cannot be written: " + IoReason.of(e), e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
