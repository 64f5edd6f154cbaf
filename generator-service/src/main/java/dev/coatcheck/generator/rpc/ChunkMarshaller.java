package dev.coatcheck.generator.rpc;

import com.google.protobuf.CodedOutputStream;
import dev.coatcheck.generator.image.Chunk;
import dev.coatcheck.v1.ImageChunk;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * Writes {@code coatcheck.v1.ImageChunk} on the wire: chunks from the segments to the transport's
 * buffer, with no message object and no array of their size between; all else as protobuf does.
 *
 * <p>The small fields stand before {@code data}, so that a relay finds the bytes at the end. A full
 * message has {@value #FULL_MESSAGE_BYTES} bytes, which with gRPC's own header are sixteen whole
 * HTTP/2 data frames: the receiver then hardly ever has to join fragments.
 *
 * <p><b>Ownership:</b> the stream that {@link #stream} gives is drained before the call that asked
 * for it returns, so it may borrow the chunk.
 */
final class ChunkMarshaller implements MethodDescriptor.Marshaller<ChunkMarshaller.Outgoing> {

  /** What is sent. */
  sealed interface Outgoing {
    /** A message without bytes. */
    record Message(ImageChunk message) implements Outgoing {}

    /** Bytes. */
    record Piece(Chunk chunk) implements Outgoing {}
  }

  /** One HTTP/2 data frame that holds a full message. */
  static final int FULL_FRAME_BYTES = 16 * 16384;

  private static final int FULL_MESSAGE_BYTES = FULL_FRAME_BYTES - 5;
  private static final int SCRATCH_BYTES = 32 * 1024;
  private static final int CRC_FIELD_BYTES = 1 + 4;
  private static final int DATA_HEAD_BYTES = 1 + 3;
  private static final ThreadLocal<byte[]> scratch =
      ThreadLocal.withInitial(() -> new byte[SCRATCH_BYTES]);

  /** How many bytes a full message has room for, at this offset. */
  static int fullDataBytes(long offset) {
    return FULL_MESSAGE_BYTES - offsetFieldBytes(offset) - CRC_FIELD_BYTES - DATA_HEAD_BYTES;
  }

  private static int offsetFieldBytes(long offset) {
    return offset == 0
        ? 0
        : CodedOutputStream.computeInt64Size(ImageChunk.OFFSET_FIELD_NUMBER, offset);
  }

  @Override
  public InputStream stream(Outgoing outgoing) {
    return switch (outgoing) {
      case Outgoing.Message(ImageChunk message) -> new ByteArrayInputStream(message.toByteArray());
      case Outgoing.Piece(Chunk chunk) -> new PieceStream(chunk);
    };
  }

  @Override
  public Outgoing parse(InputStream stream) {
    try {
      return new Outgoing.Message(ImageChunk.parseFrom(stream));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One chunk's message. gRPC asks how long it is, and drains it. */
  private static final class PieceStream extends InputStream implements KnownLength, Drainable {

    private final Chunk chunk;

    // state: the sender's thread
    private boolean drained;

    PieceStream(Chunk chunk) {
      this.chunk = chunk;
    }

    @Override
    public int available() {
      return drained ? 0 : headBytes() + chunk.length();
    }

    private int headBytes() {
      return offsetFieldBytes(chunk.offset())
          + CRC_FIELD_BYTES
          + CodedOutputStream.computeTagSize(ImageChunk.DATA_FIELD_NUMBER)
          + CodedOutputStream.computeUInt32SizeNoTag(chunk.length());
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      byte[] buffer = scratch.get();
      CodedOutputStream head = CodedOutputStream.newInstance(buffer);
      if (chunk.offset() != 0) {
        head.writeInt64(ImageChunk.OFFSET_FIELD_NUMBER, chunk.offset());
      }
      head.writeFixed32(ImageChunk.CRC32C_FIELD_NUMBER, chunk.crc32c());
      head.writeTag(
          ImageChunk.DATA_FIELD_NUMBER, com.google.protobuf.WireFormat.WIRETYPE_LENGTH_DELIMITED);
      head.writeUInt32NoTag(chunk.length());
      int headBytes = head.getTotalBytesWritten();
      target.write(buffer, 0, headBytes);
      chunk.writeTo(target, buffer);
      drained = true;
      return headBytes + chunk.length();
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      return read();
    }

    @Override
    public int read() {
      throw new IllegalStateException("read (expected: drainTo, which gRPC uses)");
    }
  }
}
