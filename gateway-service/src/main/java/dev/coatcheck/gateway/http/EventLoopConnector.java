package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.loop.EventLoops;
import dev.coatcheck.gateway.loop.Loop;
import dev.coatcheck.kit.limits.ConnectionAdmission;
import dev.coatcheck.kit.limits.ConnectionAdmission.Permit;
import dev.coatcheck.kit.limits.Refusal;
import dev.coatcheck.kit.limits.RefusalCounters;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
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
final class EventLoopConnector extends ServerConnector {

  private static final Logger log = LoggerFactory.getLogger(EventLoopConnector.class);

  private static final Duration CHECK_INTERVAL = Duration.ofMillis(500);

  /** Where the descriptors are used up; others may be free again a moment later. */
  private static final Duration ACCEPT_RETRY_DELAY = Duration.ofMillis(10);

  /** It cannot do without one of its own, which has nothing to do. */
  private static final int OWN_SELECTORS = 1;

  private final EventLoops loops;
  private final List<ReceiptWatch> watches;
  private final Duration stallTimeout;
  private final Runnable onStop;
  private final HttpLimits limits;
  private final ConnectionAdmission admission;
  private final RefusalCounters refusals;

  /**
   * A connector of {@code server}.
   *
   * @param onStop runs before the connections that are left are closed
   */
  EventLoopConnector(
      Server server,
      EventLoops loops,
      Duration stallTimeout,
      HttpLimits limits,
      RefusalCounters refusals,
      Runnable onStop,
      ConnectionFactory... factories) {
    super(
        server,
        new LoopExecutor(loops, server.getThreadPool()),
        null,
        null,
        1,
        OWN_SELECTORS,
        factories);
    this.loops = loops;
    this.stallTimeout = stallTimeout;
    this.onStop = onStop;
    this.limits = limits;
    this.admission = new ConnectionAdmission(limits.connections(), refusals);
    this.refusals = refusals;
    this.watches =
        loops.all().stream().map(loop -> ReceiptWatch.start(loop, stallTimeout)).toList();
    setIdleTimeout(limits.idleTimeout().toMillis());
  }

  /** Takes no more connections, and lets clients show what they have received. */
  @Override
  public CompletableFuture<Void> shutdown() {
    CompletableFuture<Void> shutdown = super.shutdown();
    for (EndPoint endPoint : getConnectedEndPoints()) {
      if (endPoint instanceof EventLoopEndPoint loopEndPoint) {
        loopEndPoint.drain();
      }
    }
    return shutdown;
  }

  @Override
  protected SelectorManager newSelectorManager(
      Executor executor, Scheduler scheduler, int selectors) {
    return new Connections(executor, scheduler, selectors);
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    loops.of(0).repeat(CHECK_INTERVAL, this::closeOverdue);
  }

  private void closeOverdue() {
    long nowNanos = System.nanoTime();
    for (EndPoint endPoint : getConnectedEndPoints()) {
      if (endPoint instanceof EventLoopEndPoint loopEndPoint) {
        closeIfOverdue(loopEndPoint, nowNanos);
      }
    }
  }

  private void closeIfOverdue(EventLoopEndPoint endPoint, long nowNanos) {
    if (endPoint.isHeadOverdue(nowNanos)) {
      endPoint.headComplete();
      refusals.count(Refusal.HEADER_TIMEOUT);
      endPoint.close(new TimeoutException("the head of a request was not complete in time"));
    } else if (endPoint.isWriteStalled(nowNanos, stallTimeout)) {
      endPoint.close(new TimeoutException("the reader takes nothing"));
    }
  }

  /** Tries again soon: the server itself sleeps for a second, and logs a stack trace each time. */
  @Override
  protected boolean handleAcceptFailure(Throwable failure) {
    if (!isRunning() || !isOpen() || failure instanceof ClosedByInterruptException) {
      return super.handleAcceptFailure(failure);
    }
    log.debug("no connection could be accepted", failure);
    LockSupport.parkNanos(ACCEPT_RETRY_DELAY.toNanos());
    return true;
  }

  @Override
  protected void doStop() throws Exception {
    watches.forEach(ReceiptWatch::end);
    onStop.run();
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
      Optional<Permit> permit = admit(channel);
      if (permit.isEmpty()) {
        IO.close(channel);
        return;
      }
      Loop loop = loops.next();
      try {
        loop.execute(() -> open(channel, loop, permit.get()));
      } catch (RejectedExecutionException e) {
        permit.get().close();
        IO.close(channel); // the gateway has ended
      }
    }

    private Optional<Permit> admit(SocketChannel channel) {
      try {
        return channel.getRemoteAddress() instanceof InetSocketAddress client
            ? admission.tryAdmit(client.getAddress())
            : Optional.empty();
      } catch (IOException e) {
        return Optional.empty(); // it is closed already
      }
    }

    private void open(SocketChannel channel, Loop loop, Permit permit) {
      Executor blocking = getServer().getThreadPool();
      var endPoint =
          new EventLoopEndPoint(
              channel,
              loop,
              watches.get(loop.index()),
              blocking,
              limits.headerTimeout(),
              getScheduler(),
              (closed, cause) -> {
                permit.close();
                closed(closed, cause);
              });
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

    private void closed(EventLoopEndPoint endPoint, @Nullable Throwable cause) {
      Connection connection = endPoint.getConnection();
      if (connection != null) {
        connectionClosed(connection, cause);
      }
      endPointClosed(endPoint);
    }
  }
}
