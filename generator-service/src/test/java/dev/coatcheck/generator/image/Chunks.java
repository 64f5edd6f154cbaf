package dev.coatcheck.generator.image;

import dev.coatcheck.generator.memory.SegmentPool;
import java.nio.ByteBuffer;

/** Chunks of an image that is there whole. */
public final class Chunks {

  private Chunks() {}

  /** The bytes from {@code offset} on of an image in {@code pool} that has {@code content}. */
  public static Chunk of(SegmentPool pool, byte[] content, long offset, int length) {
    ImageBuffer buffer =
        new ImageBuffer(pool.tryReserve(content.length).orElseThrow(), content.length);
    if (!buffer.append(ByteBuffer.wrap(content))) {
      throw new IllegalStateException("no room for " + content.length + " bytes");
    }
    buffer.commit();
    return new Chunk(buffer, offset, length);
  }
}
