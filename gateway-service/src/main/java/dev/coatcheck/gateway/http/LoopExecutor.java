package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.loop.EventLoops;
import dev.coatcheck.gateway.loop.Loop;
import java.util.concurrent.Executor;
import org.eclipse.jetty.util.thread.ExecutionStrategy;
import org.eclipse.jetty.util.thread.TryExecutor;

/**
 * What a connection leaves for later is done on its loop: the next request of a connection that is
 * kept, for one. Else the server's threads do it.
 *
 * <p>It is a {@link TryExecutor} because the server starts a thread of its own for each stream of a
 * connection that ends, where the executor is none.
 *
 * <p><b>Threading:</b> any thread.
 */
record LoopExecutor(EventLoops loops, Executor others) implements TryExecutor {

  @Override
  public void execute(Runnable task) {
    Loop here = loops.here();
    (here == null ? others : here).execute(task);
  }

  /** Takes all but the reading of a connection, which is not to leave its thread. */
  @Override
  public boolean tryExecute(Runnable task) {
    if (task instanceof ExecutionStrategy) {
      return false;
    }
    execute(task);
    return true;
  }
}
