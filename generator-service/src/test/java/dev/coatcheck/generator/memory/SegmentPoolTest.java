package dev.coatcheck.generator.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SegmentPoolTest {

  private static final int SEGMENT = 4096;

  private final SegmentPool pool = new SegmentPool(10 * SEGMENT + 17, SEGMENT);

  @AfterEach
  void everythingCameBack() {
    assertThat(pool.freeBytes()).isEqualTo(pool.budgetBytes());
    pool.close();
  }

  @Test
  void roundsTheBudgetDownAndReservationsUp() {
    assertThat(pool.budgetBytes()).isEqualTo(10 * SEGMENT);

    Reservation reservation = pool.tryReserve(SEGMENT + 1).orElseThrow();

    assertThat(reservation.capacityBytes()).isEqualTo(2 * SEGMENT);
    assertThat(pool.freeBytes()).isEqualTo(8 * SEGMENT);
    reservation.release();
  }

  @Test
  void refusesWhenBudgetWouldBeExceeded() {
    Reservation most = pool.tryReserve(9 * SEGMENT).orElseThrow();

    assertThat(pool.tryReserve(SEGMENT + 1)).isEmpty();
    assertThat(pool.tryReserve(Long.MAX_VALUE)).isEmpty();

    Reservation rest = pool.tryReserve(SEGMENT).orElseThrow();
    assertThat(pool.tryReserve(1)).isEmpty();
    most.release();
    rest.release();
  }

  @Test
  void trimGivesBackOnlyWhatWasNotTaken() {
    Reservation reservation = pool.tryReserve(6 * SEGMENT).orElseThrow();
    reservation.take();
    reservation.take();

    reservation.trim();

    assertThat(pool.freeBytes()).isEqualTo(8 * SEGMENT);
    assertThatThrownBy(reservation::take).isInstanceOf(IllegalStateException.class);
    reservation.release();
  }

  @Test
  void aSecondReleaseFailsLoudly() {
    Reservation reservation = pool.tryReserve(SEGMENT).orElseThrow();
    reservation.release();

    assertThatThrownBy(reservation::release).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void noSegmentBelongsToTwoAtOnce() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> results = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        byte mark = (byte) (thread + 1);
        results.add(threads.submit((Callable<Integer>) () -> writeAndCheck(mark)));
      }
      int done = 0;
      for (Future<Integer> result : results) {
        done += result.get();
      }
      assertThat(done).isPositive();
    }
  }

  private int writeAndCheck(byte mark) {
    int done = 0;
    for (int round = 0; round < 2_000; round++) {
      int wanted = ThreadLocalRandom.current().nextInt(1, 5);
      var reservation = pool.tryReserve((long) wanted * SEGMENT);
      if (reservation.isEmpty()) {
        continue;
      }
      List<ByteBuffer> mine = new ArrayList<>();
      for (int i = 0; i < wanted; i++) {
        ByteBuffer segment = reservation.get().take();
        segment.put(0, mark);
        segment.put(SEGMENT - 1, mark);
        mine.add(segment);
      }
      for (ByteBuffer segment : mine) {
        assertThat(segment.get(0)).isEqualTo(mark);
        assertThat(segment.get(SEGMENT - 1)).isEqualTo(mark);
      }
      reservation.get().release();
      done++;
    }
    return done;
  }
}
