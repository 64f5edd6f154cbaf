package dev.coatcheck.generator.rpc;

import dev.coatcheck.generator.image.Chunks;
import dev.coatcheck.generator.memory.SegmentPool;
import dev.coatcheck.generator.rpc.ChunkMarshaller.Outgoing;
import dev.coatcheck.v1.ImageChunk;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A full message from the segments into the transport's memory, and what protobuf's own costs. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ChunkMarshallerBenchmark {

  private static final int SEGMENT_BYTES = 256 << 10;
  private static final int IMAGE_BYTES = 1 << 20;
  private static final int OFFSET = 200_000; // so that the chunk lies in two segments

  private final ChunkMarshaller marshaller = new ChunkMarshaller();
  private final SegmentPool pool = new SegmentPool(IMAGE_BYTES, SEGMENT_BYTES);
  private final byte[] image = new byte[IMAGE_BYTES];
  private final int length = ChunkMarshaller.fullDataBytes(OFFSET);
  private final Outgoing piece;
  private final ToMemory memory = new ToMemory(1 << 19);

  /** The image, and one chunk of it. */
  public ChunkMarshallerBenchmark() {
    new Random(1).nextBytes(image);
    piece = new Outgoing.Piece(Chunks.of(pool, image, OFFSET, length), new BorrowedBuffers());
  }

  @Setup
  public void checkTheBytes() throws IOException {
    var out = new ByteArrayOutputStream();
    drain(piece, out);
    byte[] sent = ImageChunk.parseFrom(out.toByteArray()).getData().toByteArray();
    if (!Arrays.equals(sent, 0, sent.length, image, OFFSET, OFFSET + length)) {
      throw new IllegalStateException("other bytes came out than lie in the segments");
    }
  }

  @TearDown
  public void closePool() {
    pool.close();
  }

  @Benchmark
  public int ours() throws IOException {
    memory.clear();
    return drain(piece, memory);
  }

  /** A message object, and an array of its size. */
  @Benchmark
  public int protobuf() throws IOException {
    memory.clear();
    ImageChunk message =
        ImageChunk.newBuilder()
            .setOffset(OFFSET)
            .setCrc32C(1)
            .setData(com.google.protobuf.ByteString.copyFrom(image, OFFSET, length))
            .build();
    message.writeTo(memory);
    return message.getSerializedSize();
  }

  private int drain(Outgoing outgoing, OutputStream target) throws IOException {
    try (InputStream stream = marshaller.stream(outgoing)) {
      int known = ((KnownLength) stream).available();
      int drained = ((Drainable) stream).drainTo(target);
      if (drained != known) {
        throw new IllegalStateException(drained + " bytes (expected: " + known + ")");
      }
      return drained;
    }
  }

  /** Off-heap memory that is written over again and again, as a transport's is. */
  private static final class ToMemory extends OutputStream {

    private final ByteBuffer memory;

    ToMemory(int sizeBytes) {
      memory = ByteBuffer.allocateDirect(sizeBytes);
    }

    void clear() {
      memory.clear();
    }

    @Override
    public void write(int b) {
      memory.put((byte) b);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
      memory.put(bytes, offset, count);
    }
  }
}
