package dev.coatcheck.gateway.relay;

import com.google.protobuf.ByteString;
import dev.coatcheck.v1.ImageChunk;
import io.grpc.Detachable;
import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A full message taken over from the wire; one that must be copied; and protobuf's own way. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PassThroughMarshallerBenchmark {

  private static final int FRAME_BYTES = 16384;
  private static final int DATA_BYTES = 262_115;

  private final PassThroughMarshaller marshaller = new PassThroughMarshaller(new RelayMetrics());
  private final byte[] data = new byte[DATA_BYTES];
  private final byte[] message;
  private final ByteBuffer wire;

  /** One message, in memory as it lies on the wire. */
  public PassThroughMarshallerBenchmark() {
    new Random(1).nextBytes(data);
    message =
        ImageChunk.newBuilder()
            .setOffset(1 << 20)
            .setCrc32C(17)
            .setData(ByteString.copyFrom(data))
            .build()
            .toByteArray();
    wire = ByteBuffer.allocateDirect(message.length).put(message).flip();
  }

  @Setup
  public void checkTheBytes() {
    check(marshaller.parse(new Frames(wire)));
    check(marshaller.parse(new ByteArrayInputStream(message)));
  }

  private void check(RelayedChunk chunk) {
    ByteBuffer got = ByteBuffer.allocate(DATA_BYTES);
    chunk.data().forEach(got::put);
    chunk.release();
    if (!got.flip().equals(ByteBuffer.wrap(data))) {
      throw new IllegalStateException("other bytes came out than were on the wire");
    }
  }

  @Benchmark
  public List<ByteBuffer> takenOver() {
    return dataOf(marshaller.parse(new Frames(wire)));
  }

  @Benchmark
  public List<ByteBuffer> copied() {
    return dataOf(marshaller.parse(new ByteArrayInputStream(message)));
  }

  @Benchmark
  public byte[] protobuf() throws IOException {
    return ImageChunk.parseFrom(new ByteArrayInputStream(message)).getData().toByteArray();
  }

  private static List<ByteBuffer> dataOf(RelayedChunk chunk) {
    List<ByteBuffer> data = chunk.data();
    chunk.release();
    return data;
  }

  /** A message in HTTP/2 frames, as the transport gives it. */
  private static final class Frames extends InputStream
      implements KnownLength, HasByteBuffer, Detachable {

    private final ByteBuffer left;

    Frames(ByteBuffer message) {
      left = message.duplicate();
    }

    @Override
    public boolean byteBufferSupported() {
      return true;
    }

    @Override
    public ByteBuffer getByteBuffer() {
      return left.slice(left.position(), Math.min(left.remaining(), FRAME_BYTES));
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
      // nothing is ever given back
    }

    @Override
    public int available() {
      return left.remaining();
    }

    @Override
    public long skip(long count) {
      left.position(left.position() + (int) count);
      return count;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      throw new IOException("read (expected: getByteBuffer)");
    }

    @Override
    public int read() throws IOException {
      throw new IOException("read (expected: getByteBuffer)");
    }
  }
}
