package dev.coatcheck.gateway.relay;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks the fields of one protobuf message that lies in several buffers, and gives parts of them
 * out as slices. Protobuf's own {@link CodedInputStream} copies whatever it skips once the input is
 * more than one buffer.
 *
 * <p><b>Ownership:</b> the buffers stay their owner's; their positions are not moved.
 */
final class WireReader {

  private static final int MAX_VARINT = 10;

  private final List<ByteBuffer> buffers;

  // state, one thread
  private int index;
  private ByteBuffer current;
  private int left;

  WireReader(List<ByteBuffer> message) {
    this.buffers = message;
    this.current = message.isEmpty() ? ByteBuffer.allocate(0) : message.getFirst().duplicate();
    this.left = message.stream().mapToInt(ByteBuffer::remaining).sum();
  }

  boolean hasRemaining() {
    return left > 0;
  }

  /** Reads a varint; its bytes are also appended to {@code raw}. */
  long readVarint(ByteArrayOutputStream raw) throws InvalidProtocolBufferException {
    long value = 0;
    for (int i = 0; i < MAX_VARINT; i++) {
      int b = readByte();
      raw.write(b);
      value |= (b & 0x7fL) << (7 * i);
      if (b < 0x80) {
        return value;
      }
    }
    throw new InvalidProtocolBufferException("a varint is longer than 10 bytes");
  }

  /** Copies the next {@code length} bytes to {@code raw}. */
  void copy(long length, ByteArrayOutputStream raw) throws IOException {
    for (ByteBuffer part : slice(length)) {
      byte[] bytes = new byte[part.remaining()];
      part.get(bytes);
      raw.write(bytes);
    }
  }

  /** The next {@code length} bytes, where they lie. */
  List<ByteBuffer> slice(long length) throws InvalidProtocolBufferException {
    if (length < 0 || length > left) {
      throw new InvalidProtocolBufferException(
          "a field of " + length + " bytes (expected: at most the " + left + " that are left)");
    }
    List<ByteBuffer> parts = new ArrayList<>();
    int wanted = (int) length;
    while (wanted > 0) {
      advance();
      int part = Math.min(wanted, current.remaining());
      parts.add(current.slice(current.position(), part));
      current.position(current.position() + part);
      left -= part;
      wanted -= part;
    }
    return parts;
  }

  private int readByte() throws InvalidProtocolBufferException {
    if (left == 0) {
      throw new InvalidProtocolBufferException("the message ends within a field");
    }
    advance();
    left--;
    return current.get() & 0xff;
  }

  private void advance() {
    while (!current.hasRemaining()) {
      current = buffers.get(++index).duplicate();
    }
  }
}
