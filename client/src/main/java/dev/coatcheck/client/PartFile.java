package dev.coatcheck.client;

import com.google.protobuf.ByteString;
import dev.coatcheck.client.CoatcheckException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.HexFormat;

/**
 * A file that is being received: its bytes so far lie beside it, under a name that tells which
 * image they are of, and it gets its own name when it is whole.
 *
 * <p><b>Threading:</b> one thread. Another process that receives the same image into the same file
 * is kept out by a lock.
 */
final class PartFile {

  private static final int BUFFER_BYTES = 256 << 10;

  private final Path file;
  private final Path part;
  private final String name;

  PartFile(Path file, String name) {
    this.file = file.toAbsolutePath();
    this.part = partOf(file, name);
    this.name = name;
  }

  /** Where the first bytes of the image {@code name} lie until {@code file} is whole. */
  static Path partOf(Path file, String name) {
    String key = name.substring(name.indexOf('/') + 1);
    byte[] digest = ChunkCheck.newSha256().digest(key.getBytes(StandardCharsets.UTF_8));
    String id = HexFormat.of().formatHex(digest, 0, Integer.BYTES);
    return file.toAbsolutePath().resolveSibling(file.getFileName() + "." + id + ".part");
  }

  /** Receives what is not there yet, and gives the file its name. */
  ReceivedImage receive(ImagePickup pickup, PickupOptions terms) throws IOException {
    ReceivedImage image;
    try (FileChannel to =
        FileChannel.open(
            part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      requireAlone(to);
      var check = new ChunkCheck();
      readAgain(to, check);
      try (var from = new PickupStream(pickup, terms, name, check)) {
        image = copy(from, to);
      }
      to.force(true);
    } catch (CoatcheckException e) {
      if (!isWorthKeeping(e)) {
        Files.deleteIfExists(part);
      }
      throw e;
    }
    rename();
    CoatcheckClient.await(pickup.taken(terms));
    return image;
  }

  private void requireAlone(FileChannel to) throws IOException {
    try {
      if (to.tryLock() == null) {
        throw new IOException(part + " is being written by another process");
      }
    } catch (OverlappingFileLockException e) {
      throw new IOException(part + " is being written by another pickup", e);
    }
  }

  private static void readAgain(FileChannel from, ChunkCheck check) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    while (from.read(buffer) >= 0) {
      check.alreadyThere(buffer.flip());
      buffer.clear();
    }
  }

  private static ReceivedImage copy(PickupStream from, FileChannel to) throws IOException {
    while (true) {
      Download.Next next = from.awaitNext();
      if (next instanceof Download.Next.Bytes fresh) {
        write(fresh.bytes(), to);
      } else if (next instanceof Download.Next.Failed failed) {
        throw failed.why().told();
      } else if (next instanceof Download.Next.Whole whole) {
        return whole.image();
      }
    }
  }

  private static void write(ByteString bytes, FileChannel to) throws IOException {
    for (ByteBuffer buffer : bytes.asReadOnlyByteBufferList()) {
      while (buffer.hasRemaining()) {
        to.write(buffer);
      }
    }
  }

  /** What came is right, and another try may bring the rest. */
  private static boolean isWorthKeeping(CoatcheckException why) {
    return why.isRetryable() && why.kind() != Kind.CORRUPT;
  }

  /** A file that is there keeps its mode, and a link to it stays one. */
  private void rename() throws IOException {
    Path target = file;
    if (Files.exists(file)) {
      target = file.toRealPath();
      if (Files.getFileAttributeView(part, PosixFileAttributeView.class) != null) {
        Files.setPosixFilePermissions(part, Files.getPosixFilePermissions(target));
      }
    }
    try {
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
