package dev.coatcheck.lambda.local.invocation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last {@value #KEPT} invocations, oldest first, for tests to read; each may also be one line
 * in the log when it ends.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class InvocationLog {

  static final int KEPT = 1000;

  private static final Logger log = LoggerFactory.getLogger(InvocationLog.class);

  private final boolean logged;

  // state, guarded by this
  private final ArrayDeque<Invocation> invocations = new ArrayDeque<>();

  /**
   * Without invocations yet.
   *
   * @param logged whether each is a line in the log as well
   */
  public InvocationLog(boolean logged) {
    this.logged = logged;
  }

  synchronized void received(Invocation invocation) {
    if (invocations.size() == KEPT) {
      invocations.removeFirst();
    }
    invocations.addLast(invocation);
  }

  void ended(Invocation invocation, String outcome) {
    invocation.ended(outcome);
    if (logged) {
      log.info("invocation {}", invocation.toJson());
    }
  }

  public synchronized ArrayNode toJson() {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    invocations.forEach(invocation -> all.add(invocation.toJson()));
    return all;
  }
}
