package dev.coatcheck.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.coatcheck.bytestream.ReadResponse;
import dev.coatcheck.v1.ImageChunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A chunk is what protobuf's own parser says, however its message lies in buffers. */
class RelayedChunkFuzzTest {

  /** The first byte says how long the buffers are in which the others lie. */
  @FuzzTest
  void chunkIsWhatProtobufReads(byte[] input) throws IOException {
    byte[] message = Arrays.copyOfRange(input, Math.min(1, input.length), input.length);
    List<ByteBuffer> wire = buffers(message, input.length == 0 ? 1 : 1 + (input[0] & 0x3F));
    @Nullable ImageChunk expected = expected(message);
    RelayMetrics meter = new RelayMetrics();
    RelayedChunk chunk;
    try {
      chunk = RelayedChunk.parse(wire, null, meter);
    } catch (InvalidProtocolBufferException e) {
      // What protobuf writes itself is always taken.
      assertThat(expected == null || !isCanonical(expected, message)).isTrue();
      return;
    }
    assertThat(expected).isNotNull();
    ImageChunk read = chunk.fields().toBuilder().setData(joined(chunk.data())).build();
    assertThat(read).isEqualTo(expected);
    assertThat(chunk.fields().getData().isEmpty()).isTrue();
    assertThat(chunk.dataBytes()).isEqualTo(read.getData().size());
    PassThroughMarshaller marshaller = new PassThroughMarshaller(meter);
    assertThat(marshaller.stream(chunk).readAllBytes()).isEqualTo(message);
    assertThat(ReadResponse.parseFrom(new ReadMarshaller().stream(chunk).readAllBytes()).getData())
        .isEqualTo(read.getData());
    chunk.release();
    assertThat(meter.stats().openChunks()).isZero();
  }

  private static @Nullable ImageChunk expected(byte[] message) {
    try {
      return ImageChunk.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      return null;
    }
  }

  /** Without unknown fields, among which there may be groups. */
  private static boolean isCanonical(ImageChunk chunk, byte[] message) {
    return chunk.getUnknownFields().getSerializedSize() == 0
        && Arrays.equals(chunk.toByteArray(), message);
  }

  private static List<ByteBuffer> buffers(byte[] message, int bufferBytes) {
    List<ByteBuffer> buffers = new ArrayList<>();
    for (int at = 0; at < message.length; at += bufferBytes) {
      buffers.add(ByteBuffer.wrap(message, at, Math.min(bufferBytes, message.length - at)));
    }
    return buffers;
  }

  private static ByteString joined(List<ByteBuffer> parts) {
    return parts.stream().map(ByteString::copyFrom).reduce(ByteString.EMPTY, ByteString::concat);
  }
}
