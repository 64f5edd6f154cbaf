package dev.coatcheck.cli.hostile.wire;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * How much the server lets its client send on a connection and on each stream of it (RFC 9113,
 * section 5.2): whoever overruns that is thrown out before he has done any harm.
 *
 * <p><b>Threading:</b> any thread; one of them tells what the server said.
 */
final class SendWindows {

  private static final int INITIAL = 65_535;

  // state, guarded by this
  private final Map<Integer, Long> taken = new HashMap<>();
  private final Map<Integer, Long> granted = new HashMap<>();
  private long connection = INITIAL;
  private long initial = INITIAL;
  private boolean closed;

  synchronized void update(int stream, int increment) {
    if (stream == 0) {
      connection += increment;
    } else {
      granted.merge(stream, (long) increment, Long::sum);
    }
    notifyAll();
  }

  synchronized void initial(int value) {
    initial = value;
    notifyAll();
  }

  /** Waits until something may be sent on a stream, and takes so much of it, or less. */
  synchronized int take(int stream, int most) throws IOException, InterruptedException {
    while (!closed && Math.min(connection, left(stream)) <= 0) {
      wait();
    }
    if (closed) {
      throw new IOException("the connection has ended");
    }
    int now = (int) Math.min(most, Math.min(connection, left(stream)));
    connection -= now;
    taken.merge(stream, (long) now, Long::sum);
    return now;
  }

  private long left(int stream) {
    return initial + granted.getOrDefault(stream, 0L) - taken.getOrDefault(stream, 0L);
  }

  /** Whoever waits has waited in vain. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
