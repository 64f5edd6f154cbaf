package dev.coatcheck.client;

import com.google.protobuf.ByteString;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageChunk;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32C;

/** An image of seeded bytes, and the messages of which its download is made. */
final class ScriptedImage {

  static final String NAME = "images/a-key";
  static final String CLAIM = "a-claim";

  private final byte[] bytes;
  private final int chunkBytes;

  /**
   * An image.
   *
   * @param chunkBytes how many go into one message
   */
  ScriptedImage(int sizeBytes, int chunkBytes) {
    this.bytes = new byte[sizeBytes];
    this.chunkBytes = chunkBytes;
    new Random(7).nextBytes(bytes);
  }

  byte[] bytes() {
    return bytes;
  }

  String sha256() {
    return HexFormat.of().formatHex(ChunkCheck.newSha256().digest(bytes));
  }

  ImageChunk head(long offset) {
    return ImageChunk.newBuilder()
        .setImage(Image.newBuilder().setName(NAME).setState(Image.State.GENERATING))
        .setClaim(CLAIM)
        .setOffset(offset)
        .build();
  }

  /** The chunk that begins at {@code offset}. */
  ImageChunk chunk(long offset) {
    int size = (int) Math.min(chunkBytes, bytes.length - offset);
    var crc32c = new CRC32C();
    crc32c.update(ByteBuffer.wrap(bytes, (int) offset, size));
    return ImageChunk.newBuilder()
        .setOffset(offset)
        .setData(ByteString.copyFrom(bytes, (int) offset, size))
        .setCrc32C((int) crc32c.getValue())
        .build();
  }

  ImageChunk last() {
    return ImageChunk.newBuilder()
        .setLast(true)
        .setSizeBytes(bytes.length)
        .setSha256(sha256())
        .build();
  }
}
