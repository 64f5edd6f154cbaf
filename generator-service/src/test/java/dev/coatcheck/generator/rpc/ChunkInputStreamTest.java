package dev.coatcheck.generator.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.generator.image.Chunk;
import dev.coatcheck.generator.image.Chunks;
import dev.coatcheck.generator.memory.SegmentPool;
import dev.coatcheck.v1.ImageChunk;
import io.grpc.Drainable;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufOutputStream;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChunkInputStreamTest {

  private static final int SEGMENT_BYTES = 4096;
  private static final int IMAGE_BYTES = 4 * SEGMENT_BYTES;
  private static final int GRPC_HEADER_BYTES = 5;
  private static final long OFFSET = 1000;
  private static final int LENGTH = 2 * SEGMENT_BYTES; // so that it lies in three segments

  private final SegmentPool pool = new SegmentPool(IMAGE_BYTES, SEGMENT_BYTES);
  private final byte[] image = new byte[IMAGE_BYTES];
  private final Chunk chunk;
  private final Semaphore spare = new Semaphore(LENGTH);
  private final ByteBufAllocator buffers = new ZeroCopyAllocator(Runnable::run, spare);
  private final BorrowedBuffers loans = new BorrowedBuffers();

  ChunkInputStreamTest() {
    new Random(7).nextBytes(image);
    chunk = Chunks.of(pool, image, OFFSET, LENGTH);
  }

  @AfterEach
  void close() {
    assertThat(spare.availablePermits()).isEqualTo(LENGTH);
    pool.close();
  }

  @Test
  void chunkIsLentToTheTransport() throws IOException {
    InputStream piece = stream();
    ByteBuf buffer = header(buffers.buffer(LENGTH, LENGTH));
    int length = ((Drainable) piece).drainTo(new ByteBufOutputStream(buffer));

    assertThat(buffer.readableBytes()).isEqualTo(GRPC_HEADER_BYTES + length);
    assertThat(buffer).isInstanceOf(ZeroCopyBuffer.class);
    assertThat(dataOf(buffer)).isEqualTo(expected());

    chunk.release(); // its reader is closed
    assertThat(pool.freeBytes()).isEqualTo(0);
    assertThat(dataOf(buffer)).isEqualTo(expected());
    ByteBuf half = buffer.readRetainedSlice(LENGTH / 2);
    buffer.release();
    assertThat(pool.freeBytes()).isEqualTo(0);
    half.release();
    assertThat(pool.freeBytes()).isEqualTo(IMAGE_BYTES);
  }

  @Test
  void chunkIsCopiedIntoAnyOtherBuffer() throws IOException {
    InputStream piece = stream();
    ByteBuf forAnother = buffers.buffer(LENGTH, LENGTH);
    ByteBuf buffer = header(buffers.buffer(2 * LENGTH, 2 * LENGTH));
    ((Drainable) piece).drainTo(new ByteBufOutputStream(buffer));

    assertThat(dataOf(buffer)).isEqualTo(expected());
    assertThat(forAnother.readableBytes()).isEqualTo(0);
    chunk.release();
    assertThat(pool.freeBytes()).isEqualTo(IMAGE_BYTES);
    buffer.release();
    forAnother.release();
  }

  @Test
  void nothingIsLentToWhoAsksLater() throws IOException {
    ByteBuf buffer = lent();
    ByteBuf later = buffers.buffer(LENGTH, LENGTH);

    assertThat(later).isNotInstanceOf(ZeroCopyBuffer.class);
    later.release();
    buffer.release();
    chunk.release();
    assertThat(pool.freeBytes()).isEqualTo(IMAGE_BYTES);
  }

  @Test
  void aMessageThatIsDroppedWaitsForNoBuffer() throws IOException {
    stream().close();
    ByteBuf later = buffers.buffer(LENGTH, LENGTH);

    assertThat(later).isNotInstanceOf(ZeroCopyBuffer.class);
    later.release();
    chunk.release();
    assertThat(pool.freeBytes()).isEqualTo(IMAGE_BYTES);
  }

  @Test
  void whatWaitsInTheTransportCanBeCalledIn() throws IOException {
    ByteBuf buffer = lent();
    chunk.release(); // its reader is closed
    ByteBuf whole = buffer.retainedSlice();
    ByteBuf half = buffer.readRetainedSlice(LENGTH / 2); // has left the queue, for the kernel
    assertThat(pool.freeBytes()).isEqualTo(0);

    loans.callIn();
    assertThat(pool.freeBytes()).isEqualTo(IMAGE_BYTES);
    Chunk another = Chunks.of(pool, new byte[IMAGE_BYTES], 0, 1); // where these bytes lay

    assertThat(dataOf(whole)).isEqualTo(expected());
    byte[] joined = new byte[half.readableBytes() + buffer.readableBytes()];
    half.getBytes(half.readerIndex(), joined, 0, half.readableBytes());
    buffer.getBytes(buffer.readerIndex(), joined, half.readableBytes(), buffer.readableBytes());
    assertThat(joined).isEqualTo(ByteBufUtil.getBytes(whole));
    buffer.release();
    whole.release();
    half.release();
    assertThat(buffer.refCnt()).isEqualTo(0);
    another.release();
    assertThat(pool.freeBytes()).isEqualTo(IMAGE_BYTES);
  }

  @Test
  void whereNoMoreMemoryIsSparedItStaysLent() throws IOException {
    ByteBuf buffer = lent();
    chunk.release(); // its reader is closed
    assertThat(spare.tryAcquire()).isTrue();

    loans.callIn();
    assertThat(pool.freeBytes()).isEqualTo(0);
    assertThat(dataOf(buffer)).isEqualTo(expected());
    buffer.release();
    assertThat(pool.freeBytes()).isEqualTo(IMAGE_BYTES);
    spare.release();
  }

  @Test
  void whatHasLeftIsNotCalledIn() throws IOException {
    ByteBuf buffer = lent();
    buffer.release();

    loans.callIn();
    chunk.release();
    assertThat(pool.freeBytes()).isEqualTo(IMAGE_BYTES);
  }

  /** A buffer of the transport's, which has the chunk. */
  private ByteBuf lent() throws IOException {
    InputStream piece = stream();
    ByteBuf buffer = header(buffers.buffer(LENGTH, LENGTH));
    ((Drainable) piece).drainTo(new ByteBufOutputStream(buffer));
    return buffer;
  }

  private InputStream stream() {
    return new ChunkMarshaller().stream(new ChunkMarshaller.Outgoing.Piece(chunk, loans));
  }

  private static ByteBuf header(ByteBuf buffer) {
    return buffer.writeBytes(new byte[GRPC_HEADER_BYTES]);
  }

  private static byte[] dataOf(ByteBuf buffer) throws IOException {
    byte[] message = new byte[buffer.readableBytes() - GRPC_HEADER_BYTES];
    buffer.getBytes(buffer.readerIndex() + GRPC_HEADER_BYTES, message);
    return ImageChunk.parseFrom(message).getData().toByteArray();
  }

  private byte[] expected() {
    byte[] expected = new byte[LENGTH];
    System.arraycopy(image, (int) OFFSET, expected, 0, LENGTH);
    return expected;
  }
}
