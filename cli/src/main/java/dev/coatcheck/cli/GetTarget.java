package dev.coatcheck.cli;

import dev.coatcheck.client.ImagePickup;
import dev.coatcheck.client.ReceivedImage;
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
interface GetTarget {

  /** Receives the image, and tells when it is there. */
  void receive(ImagePickup pickup, GetOutput out) throws IOException;

  /**
   * A file, which will be there when it is whole.
   *
   * @throws Failure if it never could be
   */
  static GetTarget file(Path file) throws Failure {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || !Files.isDirectory(directory) || !Files.isWritable(directory)) {
      throw new Failure(
          "%s cannot be written (expected: a directory that is there, and can be written)"
              .formatted(file));
    }
    if (Files.isDirectory(file)) {
      throw new Failure(file + " is a directory (expected: the name of a file)");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) { // it would be replaced
      throw new Failure(file + " is a device or a pipe (expected: the name of a file, or -)");
    }
    return (pickup, out) -> {
      ReceivedImage image = pickup.toFile(file);
      out.done(image.sizeBytes(), image.sha256(), file.toString());
    };
  }

  /** Standard output, which cannot be taken back: the exit code tells whether it is whole. */
  static GetTarget standardOutput() {
    return (pickup, out) -> {
      MessageDigest sha256 = sha256();
      long bytes;
      try (InputStream from = new DigestInputStream(pickup.stream(), sha256);
          var to = new FileOutputStream(FileDescriptor.out)) {
        bytes = from.transferTo(to);
      }
      out.done(bytes, HexFormat.of().formatHex(sha256.digest()), "-");
    };
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
