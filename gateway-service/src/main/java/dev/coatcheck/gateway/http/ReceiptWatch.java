package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.loop.Loop;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The responses on the connections of one loop that are written, and not known to be received, and
 * those whose clients wait for them ({@link ClientPresence}). Looks at each of them, one after the
 * other, every half second; what ends a connection that is read is seen at once by its end point.
 *
 * <p><b>Threading:</b> any thread; looks on the loop.
 */
final class ReceiptWatch {

  private static final Logger log = LoggerFactory.getLogger(ReceiptWatch.class);

  private static final Duration PERIOD = Duration.ofMillis(500);

  /** How long a task may be put off. */
  private static final Duration DELAY = Duration.ofMillis(5);

  private final Loop loop;
  private final Duration stallTimeout;
  private final Set<ConnectionListener> waiting = ConcurrentHashMap.newKeySet();
  private final Queue<Runnable> soon = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  // state
  private volatile boolean ended;

  private ReceiptWatch(Loop loop, Duration stallTimeout) {
    this.loop = loop;
    this.stallTimeout = stallTimeout;
  }

  /** Begins to look. */
  static ReceiptWatch start(Loop loop, Duration stallTimeout) {
    ReceiptWatch watch = new ReceiptWatch(loop, stallTimeout);
    loop.repeat(PERIOD, watch::check);
    return watch;
  }

  void add(ConnectionListener listener) {
    waiting.add(listener);
  }

  void remove(ConnectionListener listener) {
    waiting.remove(listener);
  }

  /** Runs {@code task} within some milliseconds, together with others. */
  void runSoon(Runnable task) {
    soon.add(task);
    if (ended) { // looked at behind the addition, since the end runs what was added before it
      runAll();
    } else if (scheduled.compareAndSet(false, true)) {
      loop.schedule(DELAY, this::runAll);
    }
  }

  private void runAll() {
    scheduled.set(false); // before the first poll: so what comes behind the last is not forgotten
    for (Runnable task = soon.poll(); task != null; task = soon.poll()) {
      try {
        task.run();
      } catch (RuntimeException e) {
        log.error("a response cannot be settled", e);
      }
    }
  }

  /** From now on the end of a connection is no evidence: it is the server that closes them. */
  void end() {
    ended = true;
    runAll();
  }

  boolean isEnded() {
    return ended;
  }

  private void check() {
    long nowNanos = System.nanoTime();
    waiting.removeIf(listener -> !check(listener, nowNanos));
  }

  /** False if it cannot be checked, and must not keep the others from it. */
  private boolean check(ConnectionListener listener, long nowNanos) {
    try {
      listener.check(nowNanos, stallTimeout);
      return true;
    } catch (RuntimeException e) {
      log.error("a response cannot be watched", e);
      return false;
    }
  }
}
