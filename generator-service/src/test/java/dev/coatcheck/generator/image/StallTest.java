package dev.coatcheck.generator.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.generator.memory.SegmentPool;
import dev.coatcheck.v1.ErrorReason;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a stream that takes nothing has to give way, and when it is cut. */
class StallTest {

  private static final int SEGMENT_BYTES = 64;

  private final AtomicLong nanos = new AtomicLong();
  private final SegmentPool pool = new SegmentPool(1024, SEGMENT_BYTES);
  private final ImageStore store =
      new ImageStore(
          pool,
          new Clocks(nanos::get, InstantSource.system()),
          ImageLimits.DEFAULT,
          new SecureRandom());
  private final ImageWriter writer =
      store.create(
          ImageId.ofKey("key"),
          new ImageOptions(512, Duration.ofMinutes(1), Duration.ofMinutes(10), false, ""));
  private final Image image = writer.image();

  @AfterEach
  void everythingIsBack() {
    writer.fail(Refusal.of(ErrorReason.FUNCTION_FAILED, "over"));
    var _ = image.tryDelete();
    assertThat(pool.freeBytes()).isEqualTo(pool.budgetBytes());
    pool.close();
  }

  @Test
  void aStreamThatTakesNothingGivesWayToTheKeyAloneAfterFiveSeconds() {
    write(100);
    ImageReader stalled = begun();
    assertThat(stalled.next(50)).isInstanceOf(ImageReader.Next.Bytes.class);

    pass(Duration.ofMillis(4999));
    assertThat(image.claim(ClaimRequest.BY_KEY)).isInstanceOf(ClaimAnswer.Refused.class);
    pass(Duration.ofMillis(1));
    ImageReader next = begun();

    assertThat(next.epoch()).isEqualTo(2);
    assertThat(stalled.next(50)).isInstanceOf(ImageReader.Next.Cut.class);
    stalled.close();
    next.close();
  }

  @Test
  void aStreamThatTakesSomethingNowAndThenDoesNot() {
    write(100);
    ImageReader slow = begun();
    for (int i = 0; i < 9; i++) {
      pass(Duration.ofSeconds(4));
      assertThat(slow.next(10)).isInstanceOf(ImageReader.Next.Bytes.class);
      assertThat(image.claim(ClaimRequest.BY_KEY)).isInstanceOf(ClaimAnswer.Refused.class);
    }
    slow.close();
  }

  @Test
  void waitingForTheFunctionIsNoStall() {
    write(100);
    ImageReader fast = begun();
    assertThat(fast.next(100)).isInstanceOf(ImageReader.Next.Bytes.class);
    assertThat(fast.next(100)).isInstanceOf(ImageReader.Next.Later.class);

    pass(Duration.ofMinutes(5));
    store.sweep();
    assertThat(image.claim(ClaimRequest.BY_KEY)).isInstanceOf(ClaimAnswer.Refused.class);

    write(100);
    fast.blocked(); // there are bytes now, and the transport takes none
    pass(Duration.ofMillis(4999));
    assertThat(image.claim(ClaimRequest.BY_KEY)).isInstanceOf(ClaimAnswer.Refused.class);
    pass(Duration.ofMillis(1));
    begun().close();
    fast.close();
  }

  @Test
  void aStreamOfWhichOthersSayThatItGoesOnIsNotStalled() {
    write(100);
    ImageReader slow = begun();
    for (int i = 0; i < 30; i++) {
      pass(Duration.ofSeconds(4));
      store.sweep();
      image.progressed(slow.epoch(), slow.stream());
      assertThat(image.claim(ClaimRequest.BY_KEY)).isInstanceOf(ClaimAnswer.Refused.class);
    }
    image.progressed(slow.epoch(), slow.stream() + 1);
    pass(Duration.ofSeconds(5));
    begun().close();
    slow.close();
  }

  @Test
  void aStreamThatTakesNothingForAMinuteIsCut() {
    write(100);
    ImageReader dead = begun();

    pass(Duration.ofSeconds(59));
    store.sweep();
    assertThat(dead.isCut()).isFalse();
    pass(Duration.ofSeconds(1));
    store.sweep();

    assertThat(dead.isCut()).isTrue();
    dead.close();
    begun().close();
  }

  private void write(int bytes) {
    assertThat(writer.append(ByteBuffer.allocate(bytes))).isEqualTo(ImageWriter.Written.OK);
    writer.commit("image/png");
  }

  private ImageReader begun() {
    if (image.claim(ClaimRequest.BY_KEY) instanceof ClaimAnswer.Begun(ImageReader reader)) {
      assertThat(reader.begin()).isEmpty();
      return reader;
    }
    throw new AssertionError("it was refused");
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
