package dev.coatcheck.gateway.relay;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Detachable;
import io.grpc.HasByteBuffer;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a message without copying it, by detaching its buffers from the transport ({@link
 * Detachable}, {@link HasByteBuffer}), and writes it again as it came, without looking into it.
 *
 * <p>gRPC merges fragments under 1 KiB into the heap; a message that met this has no NIO buffers
 * and is copied, with the same result. {@link RelayStats} tells how many.
 *
 * <p><b>Ownership:</b> whoever is given a parsed chunk owns it. The stream over a chunk does not:
 * the chunk is released by its owner, after the transport has read the stream.
 */
public final class PassThroughMarshaller implements MethodDescriptor.Marshaller<RelayedChunk> {

  private final RelayMetrics meter;

  PassThroughMarshaller(RelayMetrics meter) {
    this.meter = meter;
  }

  @Override
  public InputStream stream(RelayedChunk chunk) {
    return new WireInputStream(chunk.wire());
  }

  @Override
  public RelayedChunk parse(InputStream stream) {
    try {
      if (stream instanceof Detachable detachable
          && stream instanceof HasByteBuffer buffers
          && buffers.byteBufferSupported()
          && stream.markSupported()) {
        return detached(detachable.detach());
      }
      return RelayedChunk.parse(List.of(ByteBuffer.wrap(stream.readAllBytes())), null, meter);
    } catch (IOException e) {
      throw Status.INTERNAL
          .withDescription("the generator's message cannot be read")
          .withCause(e)
          .asRuntimeException();
    }
  }

  private RelayedChunk detached(InputStream wire) throws IOException {
    boolean parsed = false;
    try {
      RelayedChunk chunk = RelayedChunk.parse(buffersOf(wire), wire, meter);
      parsed = true;
      return chunk;
    } finally {
      if (!parsed) {
        wire.close();
      }
    }
  }

  /**
   * Every buffer of {@code wire}. Without the mark, the stream would give each one back as soon as
   * it is skipped; with it they stay until the stream is closed.
   */
  private static List<ByteBuffer> buffersOf(InputStream wire) throws IOException {
    int left = wire.available();
    wire.mark(left);
    List<ByteBuffer> buffers = new ArrayList<>();
    while (left > 0) {
      ByteBuffer next = ((HasByteBuffer) wire).getByteBuffer();
      if (next == null || !next.hasRemaining()) {
        throw new InvalidProtocolBufferException("the transport gave no buffer for " + left);
      }
      buffers.add(next);
      left -= next.remaining();
      wire.skipNBytes(next.remaining());
    }
    return buffers;
  }
}
