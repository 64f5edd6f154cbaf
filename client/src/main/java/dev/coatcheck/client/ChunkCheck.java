package dev.coatcheck.client;

import com.google.protobuf.ByteString;
import dev.coatcheck.v1.ImageChunk;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * What is known of an image's bytes so far: how many there are, and their SHA-256. Takes chunk
 * after chunk, each with the offset that must come next and with its own CRC32C.
 *
 * <p>A stream that goes on begins one byte early, because a range that begins at the very end is
 * none, and only the last message tells that it was the end; that byte is dropped again.
 *
 * <p><b>Threading:</b> guarded by its owner.
 */
final class ChunkCheck {

  // state
  private final MessageDigest sha256 = newSha256();
  private long position;
  private long next;

  static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Takes in what is there already, from the image's beginning. */
  void alreadyThere(ByteBuffer bytes) {
    position += bytes.remaining();
    sha256.update(bytes);
  }

  /** How many bytes are there, and right as far as their chunks tell. */
  long position() {
    return position;
  }

  /** Where a stream that goes on has to begin. */
  long resumeOffset() {
    return Math.max(0, position - 1);
  }

  /** A stream begins. */
  void begin(ImageChunk head) throws CoatcheckException {
    if (head.getOffset() != resumeOffset()) {
      throw Failures.corrupt(
          "the stream begins at byte %d (expected: %d)".formatted(head.getOffset(), resumeOffset()),
          true);
    }
    next = head.getOffset();
  }

  /** Checks a chunk of the stream; what of it is new. */
  ByteString take(ImageChunk chunk) throws CoatcheckException {
    if (chunk.getOffset() != next || chunk.getData().isEmpty()) {
      throw Failures.corrupt(
          "a chunk of %d bytes at byte %d (expected: some at %d)"
              .formatted(chunk.getData().size(), chunk.getOffset(), next),
          true);
    }
    var crc32c = new CRC32C();
    chunk.getData().asReadOnlyByteBufferList().forEach(crc32c::update);
    if ((int) crc32c.getValue() != chunk.getCrc32C()) {
      throw Failures.corrupt(
          "the chunk at byte %d has the CRC32C %08x (expected: %08x)"
              .formatted(next, crc32c.getValue(), chunk.getCrc32C()),
          true);
    }
    ByteString fresh = chunk.getData().substring((int) (position - next));
    fresh.asReadOnlyByteBufferList().forEach(sha256::update);
    next += chunk.getData().size();
    position = next;
    return fresh;
  }

  /** Checks the whole. */
  void end(long sizeBytes, String expectedSha256) throws CoatcheckException {
    if (position != sizeBytes) {
      throw Failures.corrupt(
          "the image ends at byte %d (expected: %d)".formatted(position, sizeBytes), true);
    }
    String actual = HexFormat.of().formatHex(sha256.digest());
    if (!actual.equals(expectedSha256)) {
      throw Failures.corrupt(
          "the image has the SHA-256 %s (expected: %s)".formatted(actual, expectedSha256), false);
    }
  }
}
