package dev.coatcheck.generator.image;

import dev.coatcheck.generator.memory.SegmentPool;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Readers come and go while the image ends: its memory is given back once, by the last of them. */
@Isolated("it rewrites the classes while they run")
public class SharesLincheckTest {

  private static final int SEGMENT_BYTES = 8;

  private final SegmentPool pool = new SegmentPool(2 * SEGMENT_BYTES, SEGMENT_BYTES);
  private final ImageBuffer buffer =
      new ImageBuffer(pool.tryReserve(2 * SEGMENT_BYTES).orElseThrow(), 2 * SEGMENT_BYTES);
  private final AtomicInteger shares = new AtomicInteger(1);

  public SharesLincheckTest() {
    boolean fits = buffer.append(ByteBuffer.allocate(SEGMENT_BYTES + 1));
    if (!fits) {
      throw new IllegalStateException("two segments hold a segment and a byte");
    }
  }

  @Operation
  public boolean beginToRead() {
    boolean began = buffer.tryRetain();
    if (began) {
      shares.incrementAndGet();
    }
    return began;
  }

  @Operation
  public boolean letGo() {
    int before = shares.getAndUpdate(count -> Math.max(0, count - 1));
    if (before > 0) {
      buffer.release();
    }
    return before > 0;
  }

  @Validate
  public void theMemoryIsFreeWhenNobodyHasAShare() {
    long free = shares.get() == 0 ? pool.budgetBytes() : 0;
    if (pool.freeBytes() != free) {
      throw new IllegalStateException(
          "free: " + pool.freeBytes() + " (expected: " + free + "), shares: " + shares);
    }
  }

  @Test
  void theLastOneGivesTheMemoryBack() {
    new ModelCheckingOptions()
        .iterations(Integer.getInteger("coatcheck.scenarios", 3))
        .threads(2)
        .actorsPerThread(3)
        .invocationsPerIteration(400)
        .check(SharesLincheckTest.class);
  }
}
