package dev.coatcheck.generator.rpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.coatcheck.bytestream.ReadResponse;
import dev.coatcheck.generator.image.Chunk;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Writes what a {@link ChunkSender} sends as {@code google.bytestream.ReadResponse}: a chunk's
 * bytes alone, as {@link ChunkInputStream}; the head and the last message as empty ones, which
 * ByteStream allows.
 */
final class ReadMarshaller implements MethodDescriptor.Marshaller<ChunkMarshaller.Outgoing> {

  @Override
  public InputStream stream(ChunkMarshaller.Outgoing outgoing) {
    return switch (outgoing) {
      case ChunkMarshaller.Outgoing.Message _ -> new ByteArrayInputStream(new byte[0]);
      case ChunkMarshaller.Outgoing.Piece(Chunk chunk, BorrowedBuffers loans) ->
          new ChunkInputStream(head(chunk), chunk, loans);
    };
  }

  @Override
  public ChunkMarshaller.Outgoing parse(InputStream stream) {
    throw new IllegalStateException("parse (expected: stream, on a server)");
  }

  private static byte[] head(Chunk chunk) {
    byte[] head =
        new byte
            [CodedOutputStream.computeTagSize(ReadResponse.DATA_FIELD_NUMBER)
                + CodedOutputStream.computeUInt32SizeNoTag(chunk.length())];
    CodedOutputStream fields = CodedOutputStream.newInstance(head);
    try {
      fields.writeTag(ReadResponse.DATA_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      fields.writeUInt32NoTag(chunk.length());
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory cannot fail", e);
    }
    return head;
  }
}
