package dev.coatcheck.gateway.relay;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.coatcheck.v1.ImageChunk;
import java.nio.ByteBuffer;
import java.util.List;

/** Chunks as they come from a generator. */
public final class Chunks {

  private Chunks() {}

  /** A chunk that nobody wants its buffers back of. */
  public static RelayedChunk of(ImageChunk message) throws InvalidProtocolBufferException {
    return RelayedChunk.parse(
        List.of(ByteBuffer.wrap(message.toByteArray())), null, new RelayMetrics());
  }
}
