package dev.coatcheck.generator.rpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.coatcheck.generator.image.Chunk;
import dev.coatcheck.v1.ImageChunk;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Writes {@code coatcheck.v1.ImageChunk} on the wire: chunks as {@link ChunkInputStream}, all else
 * as protobuf does.
 *
 * <p>The small fields stand before {@code data}, so that a relay finds the bytes at the end. A full
 * message has {@value #FULL_MESSAGE_BYTES} bytes, which with gRPC's own header are sixteen whole
 * HTTP/2 data frames: the receiver then hardly ever has to join fragments. The first one of a
 * stream is smaller by the message before it, with which it shares a frame: so a window of some
 * whole frames never ends within a message.
 */
final class ChunkMarshaller implements MethodDescriptor.Marshaller<ChunkMarshaller.Outgoing> {

  /** What is sent. */
  sealed interface Outgoing {
    /** A message without bytes. */
    record Message(ImageChunk message) implements Outgoing {}

    /** Bytes, and where it is noted that they are lent. */
    record Piece(Chunk chunk, BorrowedBuffers loans) implements Outgoing {}
  }

  /** One HTTP/2 data frame that holds a full message. */
  static final int FULL_FRAME_BYTES = 16 * 16384;

  private static final int GRPC_HEAD_BYTES = 5;
  private static final int FULL_MESSAGE_BYTES = FULL_FRAME_BYTES - GRPC_HEAD_BYTES;
  private static final int CRC_FIELD_BYTES = 1 + 4;
  private static final int DATA_HEAD_BYTES = 1 + 3;

  /** How many bytes a full message has room for, at this offset. */
  static int fullDataBytes(long offset) {
    return FULL_MESSAGE_BYTES - offsetFieldBytes(offset) - CRC_FIELD_BYTES - DATA_HEAD_BYTES;
  }

  /** How many bytes of an HTTP/2 data frame a message without bytes takes. */
  static int bytesInFrame(ImageChunk message) {
    return GRPC_HEAD_BYTES + message.getSerializedSize();
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
      case Outgoing.Piece(Chunk chunk, BorrowedBuffers loans) ->
          new ChunkInputStream(head(chunk), chunk, loans);
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

  private static byte[] head(Chunk chunk) {
    byte[] head =
        new byte
            [offsetFieldBytes(chunk.offset())
                + CRC_FIELD_BYTES
                + CodedOutputStream.computeTagSize(ImageChunk.DATA_FIELD_NUMBER)
                + CodedOutputStream.computeUInt32SizeNoTag(chunk.length())];
    CodedOutputStream fields = CodedOutputStream.newInstance(head);
    try {
      if (chunk.offset() != 0) {
        fields.writeInt64(ImageChunk.OFFSET_FIELD_NUMBER, chunk.offset());
      }
      fields.writeFixed32(ImageChunk.CRC32C_FIELD_NUMBER, chunk.crc32c());
      fields.writeTag(ImageChunk.DATA_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      fields.writeUInt32NoTag(chunk.length());
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory cannot fail", e);
    }
    return head;
  }
}
