package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.loop.TcpInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.core.WebSocketConnection;
import org.jspecify.annotations.Nullable;

/**
 * A connection that shows how its other side takes what is written: counts bytes, and tells those
 * who wait for evidence of a receipt what comes, and how the connection ends.
 *
 * <p><b>Threading:</b> as any end point's: any thread.
 */
abstract sealed class ObservedEndPoint extends SocketChannelEndPoint permits EventLoopEndPoint {

  private static final int DISCARDED_AT_ONCE_BYTES = 4096;

  /** Some programs end what they send, and then close: a JVM does, some milliseconds later. */
  private static final Duration RESET_GRACE = Duration.ofMillis(40);

  private final ReceiptWatch watch;

  // state, any thread
  private final AtomicLong flushedBytes = new AtomicLong();
  private final AtomicLong filledBytes = new AtomicLong();
  private final Queue<ConnectionListener> listeners = new ConcurrentLinkedQueue<>();
  private final Queue<ConnectionListener> waiters = new ConcurrentLinkedQueue<>();
  private volatile boolean inputEnded;
  private volatile boolean endHeld;
  private volatile boolean wasReset;
  private volatile boolean probed;
  private volatile @Nullable TcpInfo infoAtEnd;

  ObservedEndPoint(SocketChannel channel, ReceiptWatch watch, Scheduler scheduler) {
    super(channel, null, null, scheduler);
    this.watch = watch;
  }

  /**
   * Reads, as the class above does, and tells an end of the stream from a reset, for the responses
   * that wait for evidence.
   */
  @Override
  public int fill(ByteBuffer buffer) {
    if (isInputShutdown()) {
      return -1;
    }
    int position = BufferUtil.flipToFill(buffer);
    int filled;
    boolean reset = false;
    try {
      filled = getChannel().read(buffer);
    } catch (IOException e) {
      filled = -1;
      reset = true;
    } finally {
      BufferUtil.flipToFlush(buffer, position);
    }
    if (filled > 0) {
      filledBytes.addAndGet(filled);
      notIdle();
      listeners.forEach(ConnectionListener::onInput);
    } else if (filled < 0) {
      infoAtEnd = tcpInfo().orElse(null);
      if (reset) {
        wasReset = true;
      }
      inputEnded = !wasReset;
      listeners.forEach(inputEnded ? ConnectionListener::onEnd : ConnectionListener::onClosed);
      endInputUnlessAwaiting();
    }
    return filled;
  }

  @Override
  public boolean flush(ByteBuffer... buffers) throws IOException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    long before = BufferUtil.remaining(buffers);
    try {
      return super.flush(buffers);
    } finally {
      flushedBytes.addAndGet(before - BufferUtil.remaining(buffers));
    }
  }

  /**
   * Ends what is sent, but not behind a WebSocket's close frame: clients that see the end of the
   * stream there close the connection without an answer. It is closed when both sides have sent
   * their close frame (RFC 6455, 7.1.1).
   */
  @Override
  protected void doShutdownOutput() {
    if (!endHeld && !(getConnection() instanceof WebSocketConnection)) {
      super.doShutdownOutput();
    }
  }

  /**
   * Runs a task a moment after the other side has ended what it sends, when a reset would be seen.
   * Until then this side ends nothing: a kernel whose connection has ended on both sides sends no
   * reset any more, whatever its program has left unread.
   */
  void afterResetGrace(Runnable task) {
    endHeld = true;
    getScheduler()
        .schedule(
            () -> {
              Optional<TcpInfo> _ = tcpInfo(); // which sees a reset
              endHeld = false;
              if (isOpen() && isOutputShutdown()) {
                doShutdownOutput();
              }
              task.run();
            },
            RESET_GRACE.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  /** A request is about to be handled which may depend on what those before it have done. */
  final void onRequest() {
    listeners.forEach(ConnectionListener::onRequest);
  }

  /** Runs {@code task} within some milliseconds, and before the server ends. */
  void runSoon(Runnable task) {
    watch.runSoon(task);
  }

  /** How many bytes the kernel has taken. */
  long flushedBytes() {
    return flushedBytes.get();
  }

  /** How many bytes were read. */
  long filledBytes() {
    return filledBytes.get();
  }

  /** How the connection is; when it is closed, how it was before. */
  Optional<TcpInfo> tcpInfo() {
    Optional<TcpInfo> info = TcpInfo.of(getChannel());
    if (info.isPresent() && info.get().isReset()) {
      wasReset = true; // the kernel shows it once
    }
    return info.or(() -> Optional.ofNullable(infoAtEnd));
  }

  /** Closes the channel, and keeps what it shows until then. */
  @Override
  public void doClose() {
    if (infoAtEnd == null) {
      infoAtEnd = tcpInfo().orElse(null);
    }
    super.doClose();
  }

  /** True when the other side is known to have reset the connection. */
  boolean wasReset() {
    return wasReset;
  }

  /** Reads on, only to see the end of the connection, since nobody else reads it. */
  void readToEnd() {
    boolean _ =
        tryFillInterested(
            Callback.from(
                InvocationType.NON_BLOCKING,
                this::discard,
                _ -> listeners.forEach(ConnectionListener::onClosed)));
  }

  private void discard() {
    if (fill(BufferUtil.allocate(DISCARDED_AT_ONCE_BYTES)) >= 0) {
      readToEnd();
    }
  }

  /**
   * An end of both sides closes the channel, which still shows what the other side acknowledges.
   */
  private void endInputUnlessAwaiting() {
    if (listeners.isEmpty()) {
      shutdownInput();
    }
  }

  /** Tells {@code listener} of what happens on the connection. */
  void await(ConnectionListener listener) {
    listeners.add(listener);
    watch.add(listener);
    if (inputEnded) {
      listener.onEnd(); // while the last bytes were being written
    }
    if (!isOpen()) {
      listener.onClosed();
    }
  }

  void forget(ConnectionListener listener) {
    listeners.remove(listener);
    watch.remove(listener);
    if (listeners.isEmpty() && isOpen()) {
      stopProbing();
      if (inputEnded) {
        endInputUnlessAwaiting();
      }
    }
  }

  /** Has {@code waiter} look at the connection while nobody reads or writes. */
  void attend(ConnectionListener waiter) {
    waiters.add(waiter);
    watch.add(waiter);
    if (!isOpen()) {
      waiter.onClosed();
    }
  }

  void unattend(ConnectionListener waiter) {
    waiters.remove(waiter);
    watch.remove(waiter);
    if (isOpen()) {
      stopProbing();
    }
  }

  private void stopProbing() {
    if (probed && listeners.isEmpty() && waiters.isEmpty()) {
      probed = false;
      KeepAliveProbes.stop(getChannel());
    }
  }

  /**
   * Has TCP find out, within seconds, that the other side has vanished, while nothing is written.
   */
  final void probe() {
    if (!probed) {
      probed = true;
      KeepAliveProbes.start(getChannel());
    }
  }

  /** The gateway is ending. On the connection's loop. */
  final void onDrain() {
    listeners.forEach(ConnectionListener::onDrain);
  }

  /** The connection was closed. */
  final void onEndPointClosed() {
    waiters.forEach(ConnectionListener::onClosed);
    listeners.forEach(watch.isEnded() ? this::forget : ConnectionListener::onClosed);
  }

  @Override
  protected void onIdleExpired(TimeoutException timeout) {
    if (listeners.isEmpty()) {
      super.onIdleExpired(timeout);
    }
  }
}
