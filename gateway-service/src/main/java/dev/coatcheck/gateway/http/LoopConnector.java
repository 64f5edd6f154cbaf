package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.loop.EventLoops;
import dev.coatcheck.gateway.loop.Loop;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.IO;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves each connection on one of the gateway's own event loops, instead of the HTTP server's.
 *
 * <p><b>Lifecycle:</b> ends the connections that are left when the server stops.
 */
final class LoopConnector extends ServerConnector {

  private static final Logger log = LoggerFactory.getLogger(LoopConnector.class);

  private static final Duration STALL_CHECK_INTERVAL = Duration.ofMillis(500);

  /** It cannot do without one of its own, which has nothing to do. */
  private static final int OWN_SELECTORS = 1;

  private final EventLoops loops;
  private final List<ReceiptWatch> watches;
  private final Duration stallTimeout;
  private final Runnable onStop;

  /**
   * A connector of {@code server}.
   *
   * @param onStop runs before the connections that are left are closed
   */
  LoopConnector(
      Server server,
      EventLoops loops,
      Duration stallTimeout,
      Runnable onStop,
      ConnectionFactory... factories) {
    super(
        server, onTheSame(loops, server.getThreadPool()), null, null, 1, OWN_SELECTORS, factories);
    this.loops = loops;
    this.stallTimeout = stallTimeout;
    this.onStop = onStop;
    this.watches =
        loops.all().stream().map(loop -> ReceiptWatch.start(loop, stallTimeout)).toList();
    setIdleTimeout(stallTimeout.toMillis());
  }

  /** Takes no more connections, and lets clients show what they have received. */
  @Override
  public CompletableFuture<Void> shutdown() {
    CompletableFuture<Void> shutdown = super.shutdown();
    for (EndPoint endPoint : getConnectedEndPoints()) {
      if (endPoint instanceof LoopEndPoint loopEndPoint) {
        loopEndPoint.drain();
      }
    }
    return shutdown;
  }

  /**
   * What a connection leaves for later is done on its loop, too: the next request of a connection
   * that is kept, for one. Else the server's threads do it.
   */
  private static Executor onTheSame(EventLoops loops, Executor others) {
    return task -> {
      Loop here = loops.here();
      (here == null ? others : here).execute(task);
    };
  }

  @Override
  protected SelectorManager newSelectorManager(
      Executor executor, Scheduler scheduler, int selectors) {
    return new Connections(executor, scheduler, selectors);
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    loops.of(0).repeat(STALL_CHECK_INTERVAL, this::closeStalled);
  }

  private void closeStalled() {
    long nowNanos = System.nanoTime();
    for (EndPoint endPoint : getConnectedEndPoints()) {
      if (endPoint instanceof LoopEndPoint loopEndPoint
          && loopEndPoint.isWriteStalled(nowNanos, stallTimeout)) {
        loopEndPoint.close(new TimeoutException("the reader takes nothing"));
      }
    }
  }

  @Override
  protected void doStop() throws Exception {
    onStop.run();
    watches.forEach(ReceiptWatch::end);
    super.doStop();
    for (EndPoint endPoint : List.copyOf(getConnectedEndPoints())) {
      IO.close(endPoint.getConnection());
      endPoint.close();
    }
  }

  private final class Connections extends ServerConnectorManager {

    Connections(Executor executor, Scheduler scheduler, int selectors) {
      super(executor, scheduler, selectors);
    }

    @Override
    public void accept(SelectableChannel accepted, @Nullable Object attachment) {
      var channel = (SocketChannel) accepted;
      Loop loop = loops.next();
      try {
        loop.execute(() -> open(channel, loop));
      } catch (RejectedExecutionException e) {
        IO.close(channel); // the gateway has ended
      }
    }

    private void open(SocketChannel channel, Loop loop) {
      Executor blocking = getServer().getThreadPool();
      var endPoint =
          new LoopEndPoint(
              channel, loop, watches.get(loop.index()), blocking, getScheduler(), this::closed);
      endPoint.setIdleTimeout(getIdleTimeout());
      try {
        endPoint.select();
        Connection connection = newConnection(channel, endPoint, null);
        endPoint.setConnection(connection);
        endPoint.onOpen();
        endPointOpened(endPoint);
        connectionOpened(connection, null);
      } catch (IOException | RuntimeException e) {
        log.debug("a connection could not be opened", e);
        endPoint.close(e);
      }
    }

    private void closed(LoopEndPoint endPoint, @Nullable Throwable cause) {
      Connection connection = endPoint.getConnection();
      if (connection != null) {
        connectionClosed(connection, cause);
      }
      endPointClosed(endPoint);
    }
  }
}
