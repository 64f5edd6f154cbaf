package dev.coatcheck.kit.sweep;

import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One step for each of many that have nothing to do with each other: one that fails keeps it from
 * no other, and does not end the timer that does it again (as {@link
 * java.util.concurrent.ScheduledExecutorService} would).
 */
public final class Sweep {

  private static final Logger log = LoggerFactory.getLogger(Sweep.class);

  private Sweep() {}

  /** Does {@code step} for all of {@code elements}; what it throws is logged as an error. */
  public static <T> void each(Iterable<T> elements, Consumer<? super T> step) {
    for (T element : elements) {
      try {
        step.accept(element);
      } catch (RuntimeException e) {
        log.error("a step of a sweep failed, and the others are done", e);
      }
    }
  }
}
