package dev.coatcheck.gateway.relay;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.coatcheck.bytestream.ReadResponse;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a chunk as {@code google.bytestream.ReadResponse}: its image bytes where they lie, behind
 * a head of their own; one without bytes as an empty message, which ByteStream allows.
 *
 * <p><b>Ownership:</b> reads the chunk's buffers and owns none.
 */
public final class ReadMarshaller implements MethodDescriptor.Marshaller<RelayedChunk> {

  private static final int HEAD_BYTES = 1 + 5;

  @Override
  public InputStream stream(RelayedChunk chunk) {
    List<ByteBuffer> message = new ArrayList<>();
    if (chunk.dataBytes() > 0) {
      message.add(head((int) chunk.dataBytes()));
      message.addAll(chunk.data());
    }
    return new WireInputStream(message);
  }

  private static ByteBuffer head(int dataBytes) {
    ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
    CodedOutputStream fields = CodedOutputStream.newInstance(head);
    try {
      fields.writeTag(ReadResponse.DATA_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      fields.writeUInt32NoTag(dataBytes);
      fields.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory cannot fail", e);
    }
    return head.flip();
  }

  @Override
  public RelayedChunk parse(InputStream stream) {
    throw new IllegalStateException("parse (expected: stream, on a server)");
  }
}
