package dev.coatcheck.generator.rpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.coatcheck.bytestream.ReadResponse;
import dev.coatcheck.generator.image.Chunk;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Writes what a {@link ChunkSender} sends as {@code google.bytestream.ReadResponse}: a chunk's
 * bytes alone, copied once; the head and the last message as empty ones, which ByteStream allows.
 */
final class ReadMarshaller implements MethodDescriptor.Marshaller<ChunkMarshaller.Outgoing> {

  private static final int HEAD_BYTES = 1 + 5;
  private static final int SCRATCH_BYTES = 32 * 1024;
  private static final ThreadLocal<byte[]> scratch =
      ThreadLocal.withInitial(() -> new byte[SCRATCH_BYTES]);

  @Override
  public InputStream stream(ChunkMarshaller.Outgoing outgoing) {
    return switch (outgoing) {
      case ChunkMarshaller.Outgoing.Message _ -> new ByteArrayInputStream(new byte[0]);
      case ChunkMarshaller.Outgoing.Piece(Chunk chunk) -> new PieceStream(chunk);
    };
  }

  @Override
  public ChunkMarshaller.Outgoing parse(InputStream stream) {
    throw new IllegalStateException("parse (expected: stream, on a server)");
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
      int headBytes =
          CodedOutputStream.computeTagSize(ReadResponse.DATA_FIELD_NUMBER)
              + CodedOutputStream.computeUInt32SizeNoTag(chunk.length());
      return drained ? 0 : headBytes + chunk.length();
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      byte[] head = new byte[HEAD_BYTES];
      CodedOutputStream fields = CodedOutputStream.newInstance(head);
      fields.writeTag(ReadResponse.DATA_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      fields.writeUInt32NoTag(chunk.length());
      target.write(head, 0, fields.getTotalBytesWritten());
      chunk.writeTo(target, scratch.get());
      drained = true;
      return fields.getTotalBytesWritten() + chunk.length();
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
