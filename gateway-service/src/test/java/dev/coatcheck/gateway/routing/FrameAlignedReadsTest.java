package dev.coatcheck.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.RecvByteBufAllocator;
import io.grpc.netty.shaded.io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("deprecation") // of the type that says where bytes are read into
final class FrameAlignedReadsTest {

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int BIG = LargeFrameNegotiator.FRAME_BYTES;

  private final EmbeddedChannel connection = new EmbeddedChannel();
  private final ByteBuf wire = Unpooled.buffer();
  private final List<ByteBuf> lent = new ArrayList<>();
  private RecvByteBufAllocator.Handle reads;

  @BeforeEach
  void readWholeFrames() {
    FrameAlignedReads.readOn(connection);
    reads = connection.config().getRecvByteBufAllocator().newHandle();
  }

  @AfterEach
  void nothingIsLeft() {
    connection.finishAndReleaseAll();
    assertThat(lent).allSatisfy(buffer -> assertThat(buffer.refCnt()).isZero());
  }

  @Test
  void aBigFrameComesInOnePieceOfItsSize() {
    frame(DATA, BIG);
    readAll(new Random(1));

    ByteBuf header = connection.readInbound();
    ByteBuf content = connection.readInbound();
    assertThat(header.readableBytes()).isEqualTo(9);
    assertThat(content.readableBytes()).isEqualTo(BIG);
    assertThat(content.capacity()).isEqualTo(BIG);
    assertThat(connection.<ByteBuf>readInbound()).isNull();
    header.release();
    content.release();
  }

  @Test
  void whatIsSmallIsPassedOnAsItComes() {
    frame(HEADERS, 300);
    frame(DATA, 1000);
    read(wire.readableBytes());

    ByteBuf all = connection.readInbound();
    assertThat(all.readableBytes()).isEqualTo(300 + 1000 + 2 * 9);
    all.release();
  }

  @Test
  void aFrameThatIsNotWholeIsGivenBackWithItsConnection() {
    frame(DATA, BIG);
    read(1000);
    read(BIG / 2);

    connection.close();
  }

  @Test
  void aFrameThatIsWiderThanAllowedIsLeftToTheDecoder() {
    frame(DATA, BIG + 1);
    readAll(new Random(2));

    assertThat(received().readableBytes()).isEqualTo(9 + BIG + 1);
  }

  @Test
  void allBytesComeInOrderWhereverTheyAreCut() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      wire.clear();
      for (int i = 0; i < 12; i++) {
        frame(random.nextInt(3), random.nextBoolean() ? random.nextInt(300) : random.nextInt(BIG));
      }
      ByteBuf sent = wire.copy();

      readAll(random);

      assertThat(received()).as("seed " + seed).isEqualTo(sent);
      sent.release();
    }
  }

  private ByteBuf received() {
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf next = connection.readInbound(); next != null; next = connection.readInbound()) {
      all.writeBytes(next);
      next.release();
    }
    return all;
  }

  private void frame(int type, int length) {
    wire.writeMedium(length).writeByte(type).writeByte(0).writeInt(1);
    for (int i = 0; i < length; i++) {
      wire.writeByte(i * 31 + length);
    }
  }

  private void readAll(Random random) {
    while (wire.isReadable()) {
      read(1 + random.nextInt(random.nextBoolean() ? 20 : BIG));
    }
  }

  /** As a socket gives bytes: some, and never more than there is room for. */
  private void read(int most) {
    ByteBuf buffer = reads.allocate(connection.alloc());
    lent.add(buffer);
    buffer.writeBytes(wire, Math.min(Math.min(most, buffer.writableBytes()), wire.readableBytes()));
    connection.writeInbound(buffer);
  }
}
