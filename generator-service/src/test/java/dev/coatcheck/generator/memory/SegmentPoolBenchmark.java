package dev.coatcheck.generator.memory;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.infra.Blackhole;

/** The memory of one image: reserved, taken segment by segment, and given back. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SegmentPoolBenchmark {

  private static final int SEGMENT_BYTES = 256 << 10;
  private static final long BUDGET_BYTES = 64L << 20;

  /** One segment, and an image of 16 MiB. */
  @Param({"1", "64"})
  public int segments;

  private SegmentPool pool = new SegmentPool(SEGMENT_BYTES, SEGMENT_BYTES);

  @Setup
  public void makePool() {
    pool.close();
    pool = new SegmentPool(2 * BUDGET_BYTES, SEGMENT_BYTES);
  }

  @TearDown
  public void closePool() {
    if (pool.freeBytes() != pool.budgetBytes()) {
      throw new IllegalStateException("not everything came back");
    }
    pool.close();
  }

  @Benchmark
  public void oneThread(Blackhole hole) {
    reserveTakeRelease(hole);
  }

  @Benchmark
  @Threads(2)
  public void twoThreads(Blackhole hole) {
    reserveTakeRelease(hole);
  }

  private void reserveTakeRelease(Blackhole hole) {
    Reservation reservation = pool.tryReserve((long) segments * SEGMENT_BYTES).orElseThrow();
    for (int i = 0; i < segments; i++) {
      ByteBuffer segment = reservation.take();
      hole.consume(segment);
    }
    reservation.release();
  }
}
