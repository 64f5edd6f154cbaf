package dev.coatcheck.gateway.relay;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.coatcheck.v1.ImageChunk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One message of a download, still in the buffers it came in: its small fields parsed, its image
 * bytes and the whole message as views of the wire.
 *
 * <p><b>Ownership:</b> has one owner at each moment, who must {@link #release} it exactly once;
 * after that none of its buffers may be touched, since the transport uses them again.
 *
 * <p><b>Threading:</b> handed from thread to thread, used by one at a time.
 */
public final class RelayedChunk {

  private final ImageChunk fields;
  private final List<ByteBuffer> data;
  private final long dataBytes;
  private final List<ByteBuffer> wire;
  private final @Nullable InputStream wireOwner;
  private final RelayMetrics meter;
  private final AtomicBoolean released = new AtomicBoolean();

  private RelayedChunk(
      ImageChunk fields,
      List<ByteBuffer> data,
      List<ByteBuffer> wire,
      @Nullable InputStream wireOwner,
      RelayMetrics meter) {
    this.fields = fields;
    this.data = data;
    this.dataBytes = data.stream().mapToLong(ByteBuffer::remaining).sum();
    this.wire = wire;
    this.wireOwner = wireOwner;
    this.meter = meter;
    meter.opened(data.size(), wireOwner == null);
  }

  /**
   * Parses the message in {@code wire}.
   *
   * @param wireOwner what gives the buffers back when it is closed; null if they are our own. The
   *     chunk owns it from now on; if this throws, it is still the caller's.
   */
  static RelayedChunk parse(
      List<ByteBuffer> wire, @Nullable InputStream wireOwner, RelayMetrics meter)
      throws InvalidProtocolBufferException {
    var reader = new WireReader(wire);
    var small = new ByteArrayOutputStream();
    List<ByteBuffer> data = List.of();
    try {
      while (reader.hasRemaining()) {
        var head = new ByteArrayOutputStream(2 * Integer.BYTES);
        int tag = (int) reader.readVarint(head);
        if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
          long length = reader.readVarint(head);
          if (WireFormat.getTagFieldNumber(tag) == ImageChunk.DATA_FIELD_NUMBER) {
            data = reader.slice(length);
            continue;
          }
          head.writeTo(small);
          reader.copy(length, small);
        } else {
          head.writeTo(small);
          copyScalar(tag, reader, small);
        }
      }
      ImageChunk fields = ImageChunk.parseFrom(small.toByteArray());
      return new RelayedChunk(fields, data, wire, wireOwner, meter);
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory cannot fail", e);
    }
  }

  private static void copyScalar(int tag, WireReader reader, ByteArrayOutputStream small)
      throws IOException {
    switch (WireFormat.getTagWireType(tag)) {
      case WireFormat.WIRETYPE_VARINT -> reader.readVarint(small);
      case WireFormat.WIRETYPE_FIXED32 -> reader.copy(Integer.BYTES, small);
      case WireFormat.WIRETYPE_FIXED64 -> reader.copy(Long.BYTES, small);
      default ->
          throw new InvalidProtocolBufferException(
              "wire type " + WireFormat.getTagWireType(tag) + " (expected: no groups)");
    }
  }

  /** Every field but {@code data}. */
  public ImageChunk fields() {
    return fields;
  }

  /** The image bytes, in order, as views of their own; empty when the message has none. */
  public List<ByteBuffer> data() {
    return data.stream().map(ByteBuffer::duplicate).toList();
  }

  /** How many image bytes there are. */
  public long dataBytes() {
    return dataBytes;
  }

  /** The message as it came, as views of their own. */
  List<ByteBuffer> wire() {
    return wire.stream().map(ByteBuffer::duplicate).toList();
  }

  /**
   * Gives the buffers back to the transport.
   *
   * @throws IllegalStateException if it was released before, which means that two believe to own it
   */
  public void release() {
    if (!released.compareAndSet(false, true)) {
      throw new IllegalStateException("this chunk was released before");
    }
    meter.released();
    if (wireOwner != null) {
      try {
        wireOwner.close();
      } catch (IOException e) {
        throw new UncheckedIOException("giving wire buffers back cannot fail", e);
      }
    }
  }
}
