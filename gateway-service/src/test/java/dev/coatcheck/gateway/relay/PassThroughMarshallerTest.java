package dev.coatcheck.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageChunk;
import io.grpc.Detachable;
import io.grpc.Drainable;
import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PassThroughMarshallerTest {

  private final RelayMetrics meter = new RelayMetrics();
  private final PassThroughMarshaller marshaller = new PassThroughMarshaller(meter);
  private final byte[] data = new byte[5000];

  {
    new Random(1).nextBytes(data);
  }

  @AfterEach
  void everythingIsReleased() {
    assertThat(meter.stats().openChunks()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1000, 4096, 1 << 20})
  void dataStaysWhereItLies(int fragmentBytes) throws Exception {
    var wire = new Wire(message().toByteArray(), fragmentBytes);

    RelayedChunk chunk = marshaller.parse(wire);

    assertThat(chunk.fields()).isEqualTo(message().toBuilder().clearData().build());
    assertThat(chunk.dataBytes()).isEqualTo(data.length);
    assertThat(bytesOf(chunk.data())).isEqualTo(data);
    int lastOfData = wire.message.length - 6; // five more are the CRC's
    wire.message[lastOfData]++;
    assertThat(bytesOf(chunk.data())[data.length - 1]).isEqualTo(wire.message[lastOfData]);
    assertThat(wire.detachedClosed).isFalse();
    chunk.release();
    assertThat(wire.detachedClosed).isTrue();
    assertThat(meter.stats()).isEqualTo(new RelayStats(0, 0, 1, chunk.data().size(), 0));
  }

  @Test
  void fieldsMayComeInAnyOrderAndUnknownOnesAreKept() throws Exception {
    var out = new ByteArrayOutputStream();
    var coded = CodedOutputStream.newInstance(out);
    coded.writeString(2000, "unknown");
    coded.writeByteArray(ImageChunk.DATA_FIELD_NUMBER, new byte[] {9, 9});
    coded.writeFixed64(2001, 5);
    coded.writeByteArray(ImageChunk.DATA_FIELD_NUMBER, data); // the last one counts
    coded.writeFixed32(ImageChunk.CRC32C_FIELD_NUMBER, 17);
    coded.writeInt64(ImageChunk.OFFSET_FIELD_NUMBER, 1L << 40);
    coded.flush();

    RelayedChunk chunk = marshaller.parse(new Wire(out.toByteArray(), 100));

    assertThat(bytesOf(chunk.data())).isEqualTo(data);
    assertThat(chunk.fields().getOffset()).isEqualTo(1L << 40);
    assertThat(chunk.fields().getCrc32C()).isEqualTo(17);
    assertThat(chunk.fields().getUnknownFields().asMap()).containsOnlyKeys(2000, 2001);
    chunk.release();
  }

  @Test
  void messageWithoutNioBuffersIsCopiedWithTheSameResult() throws Exception {
    RelayedChunk chunk = marshaller.parse(new ByteArrayInputStream(message().toByteArray()));

    assertThat(chunk.fields()).isEqualTo(message().toBuilder().clearData().build());
    assertThat(bytesOf(chunk.data())).isEqualTo(data);
    chunk.release();
    assertThat(meter.stats()).isEqualTo(new RelayStats(0, 1, 1, 1, 0));
  }

  @Test
  void messageGoesOutAsItCame() throws Exception {
    byte[] message = message().toByteArray();
    RelayedChunk chunk = marshaller.parse(new Wire(message, 999));

    for (int i = 0; i < 2; i++) { // a stream takes nothing away from the chunk
      try (InputStream stream = marshaller.stream(chunk)) {
        assertThat(stream).isInstanceOf(KnownLength.class);
        assertThat(stream.available()).isEqualTo(message.length);
        var drained = new ByteArrayOutputStream();
        assertThat(((Drainable) stream).drainTo(drained)).isEqualTo(message.length);
        assertThat(drained.toByteArray()).isEqualTo(message);
        assertThat(stream.read()).isEqualTo(-1);
      }
    }
    try (InputStream stream = marshaller.stream(chunk)) {
      assertThat(stream.read()).isEqualTo(message[0] & 0xff);
      assertThat(stream.readAllBytes()).hasSize(message.length - 1);
    }
    chunk.release();
  }

  @Test
  void releasingTwiceFailsLoudly() {
    RelayedChunk chunk = marshaller.parse(new Wire(message().toByteArray(), 100));
    chunk.release();

    assertThatThrownBy(chunk::release).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void messageThatCannotBeReadIsGivenBack() {
    byte[] message = message().toByteArray();
    for (int length : new int[] {message.length - 1, 3, 1}) {
      var wire = new Wire(java.util.Arrays.copyOf(message, length), 100);
      assertThatThrownBy(() -> marshaller.parse(wire)).isInstanceOf(StatusRuntimeException.class);
      assertThat(wire.detachedClosed).isTrue();
    }
    var endless = new Wire(new byte[] {8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}, 100);
    assertThatThrownBy(() -> marshaller.parse(endless)).isInstanceOf(StatusRuntimeException.class);
    var group = new Wire(new byte[] {(1 << 3) | 3, (1 << 3) | 4}, 100);
    assertThatThrownBy(() -> marshaller.parse(group)).isInstanceOf(StatusRuntimeException.class);
  }

  private ImageChunk message() {
    return ImageChunk.newBuilder()
        .setImage(Image.newBuilder().setName("images/x").setSizeBytes(5))
        .setClaim("proof")
        .setOffset(1L << 33)
        .setCrc32C(-5)
        .setData(ByteString.copyFrom(data))
        .build();
  }

  private static byte[] bytesOf(List<ByteBuffer> parts) {
    var all = new ByteArrayOutputStream();
    for (ByteBuffer part : parts) {
      while (part.hasRemaining()) {
        all.write(part.get());
      }
    }
    return all.toByteArray();
  }

  /** A stream as the transport gives it: fragments that are given up once they were skipped. */
  private static final class Wire extends InputStream
      implements KnownLength, HasByteBuffer, Detachable {

    private final byte[] message;
    private final Deque<ByteBuffer> fragments = new ArrayDeque<>();
    private final Deque<ByteBuffer> marked = new ArrayDeque<>();
    private boolean marking;
    private boolean detachedClosed;

    Wire(byte[] message, int fragmentBytes) {
      this.message = message;
      for (int at = 0; at < message.length; at += fragmentBytes) {
        int length = Math.min(fragmentBytes, message.length - at);
        fragments.add(ByteBuffer.wrap(message, at, length));
      }
    }

    @Override
    public boolean byteBufferSupported() {
      return true;
    }

    @Override
    public @Nullable ByteBuffer getByteBuffer() {
      return fragments.isEmpty() ? null : fragments.peek().duplicate();
    }

    @Override
    public InputStream detach() {
      return this;
    }

    @Override
    public boolean markSupported() {
      return true;
    }

    @Override
    public synchronized void mark(int limit) {
      marking = true;
    }

    @Override
    public int available() {
      return fragments.stream().mapToInt(ByteBuffer::remaining).sum();
    }

    @Override
    public long skip(long count) {
      ByteBuffer fragment = fragments.remove();
      assertThat(count).isEqualTo(fragment.remaining());
      assertThat(marking).as("a fragment that is skipped without a mark is lost").isTrue();
      marked.add(fragment);
      return count;
    }

    @Override
    public int read() throws IOException {
      throw new IOException("copied");
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      throw new IOException("copied");
    }

    @Override
    public void close() {
      detachedClosed = true;
    }
  }
}
