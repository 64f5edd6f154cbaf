package dev.coatcheck.kit.limits;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the refusals of one port, since it was opened.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class RefusalCounters {

  /** Has all of them; never changed once it is made. */
  private final Map<Refusal, LongAdder> counters = new EnumMap<>(Refusal.class);

  /** All at 0. */
  public RefusalCounters() {
    for (Refusal refusal : Refusal.values()) {
      counters.put(refusal, new LongAdder());
    }
  }

  /** Counts one more. */
  public void count(Refusal refusal) {
    counter(refusal).increment();
  }

  /** How many there were. */
  public long total(Refusal refusal) {
    return counter(refusal).sum();
  }

  private LongAdder counter(Refusal refusal) {
    LongAdder counter = counters.get(refusal);
    if (counter == null) {
      throw new IllegalStateException("no counter: " + refusal);
    }
    return counter;
  }
}
