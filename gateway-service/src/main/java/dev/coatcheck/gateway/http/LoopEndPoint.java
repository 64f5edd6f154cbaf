package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.loop.Loop;
import dev.coatcheck.gateway.loop.ReadyListener;
import dev.coatcheck.gateway.loop.Selection;
import dev.coatcheck.gateway.loop.TcpInfo;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import jdk.net.ExtendedSocketOptions;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection whose reads and writes are made on a loop. What does not block runs there, too.
 *
 * <p><b>Threading:</b> as any end point's: any thread. Interest in the channel changes on the loop.
 */
final class LoopEndPoint extends SocketChannelEndPoint implements ReadyListener {

  private static final Logger log = LoggerFactory.getLogger(LoopEndPoint.class);

  /** How much is read before the loop's other connections get their turn. */
  private static final int MAX_READ_AT_ONCE_BYTES = 64 << 10;

  private static final long NO_DEADLINE = 0;

  private static final int DISCARDED_AT_ONCE_BYTES = 4096;
  private static final int PROBE_SECONDS = 1;
  private static final int MAX_PROBES = 4;

  private final Loop loop;
  private final ReceiptWatch watch;
  private final Executor blocking;
  private final Duration headerTimeout;
  private final BiConsumer<LoopEndPoint, @Nullable Throwable> onClosed;

  // state, the loop
  private @Nullable Selection selection;
  private boolean handling;
  private int readBytes;

  // state, any thread
  private final AtomicLong flushedBytes = new AtomicLong();
  private final AtomicLong filledBytes = new AtomicLong();
  private final Queue<ConnectionListener> listeners = new ConcurrentLinkedQueue<>();
  private volatile long headDeadlineNanos;
  private volatile boolean headExpected;

  LoopEndPoint(
      SocketChannel channel,
      Loop loop,
      ReceiptWatch watch,
      Executor blocking,
      Duration headerTimeout,
      Scheduler scheduler,
      BiConsumer<LoopEndPoint, @Nullable Throwable> onClosed) {
    super(channel, null, null, scheduler);
    this.loop = loop;
    this.watch = watch;
    this.blocking = blocking;
    this.headerTimeout = headerTimeout;
    this.headDeadlineNanos = headDeadline();
    this.onClosed = onClosed;
  }

  /** Has the channel selected. On the loop, before anything else. */
  void select() throws IOException {
    Selection started = loop.select(getChannel(), this);
    selection = started;
    replaceKey(started.key());
  }

  @Override
  public void ready() {
    handling = true; // whatever interest this leads to is set once, at its end
    readBytes = 0;
    try {
      Runnable task = onSelected();
      if (task != null) {
        run(task);
      }
    } catch (RuntimeException e) {
      close(e);
    } finally {
      handling = false;
      updateKey();
    }
  }

  private void run(Runnable task) {
    if (Invocable.getInvocationType(task) == InvocationType.BLOCKING) {
      blocking.execute(task);
    } else {
      Invocable.invokeNonBlocking(task);
    }
  }

  @Override
  public void over() {
    close();
  }

  @Override
  protected void needsFillInterest() {
    super.needsFillInterest();
    changeInterest();
  }

  @Override
  protected void onIncompleteFlush() {
    super.onIncompleteFlush();
    changeInterest();
  }

  private void changeInterest() {
    if (!loop.isHere()) {
      loop.execute(this::updateKey);
    } else if (!handling) {
      updateKey();
    }
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
    if (loop.isHere() && readBytes >= MAX_READ_AT_ONCE_BYTES) {
      return 0; // so that the caller waits for the channel to be selected again
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
      if (loop.isHere()) {
        readBytes += filled;
      }
      if (headExpected) {
        headExpected = false;
        headDeadlineNanos = headDeadline();
      }
      notIdle();
      listeners.forEach(ConnectionListener::onInput);
    } else if (filled < 0) {
      listeners.forEach(reset ? ConnectionListener::onClosed : ConnectionListener::onEnd);
      shutdownInput();
    }
    return filled;
  }

  @Override
  public boolean flush(ByteBuffer... buffers) throws IOException {
    long before = BufferUtil.remaining(buffers);
    try {
      return super.flush(buffers);
    } finally {
      flushedBytes.addAndGet(before - BufferUtil.remaining(buffers));
    }
  }

  /** The head of a request was received, or has no deadline any more. */
  void headComplete() {
    headExpected = false;
    headDeadlineNanos = NO_DEADLINE;
  }

  /** The next bytes are those of a request's head. */
  void headExpected() {
    headExpected = true;
  }

  /** True if the head of a request has taken too long. */
  boolean isHeadOverdue(long nowNanos) {
    long deadlineNanos = headDeadlineNanos;
    return deadlineNanos != NO_DEADLINE && nowNanos - deadlineNanos > 0;
  }

  private long headDeadline() {
    long deadlineNanos = System.nanoTime() + headerTimeout.toNanos();
    return deadlineNanos == NO_DEADLINE ? deadlineNanos + 1 : deadlineNanos;
  }

  /** How many bytes the kernel has taken. */
  long flushedBytes() {
    return flushedBytes.get();
  }

  /** How many bytes were read. */
  long filledBytes() {
    return filledBytes.get();
  }

  /** How the connection is, while it is open. */
  Optional<TcpInfo> tcpInfo() {
    return TcpInfo.of(getChannel());
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

  /** Tells {@code listener} of what happens on the connection, whose other side is probed. */
  void await(ConnectionListener listener) {
    listeners.add(listener);
    watch.add(listener);
    probe(true);
    if (!isOpen()) {
      listener.onClosed();
    }
  }

  void forget(ConnectionListener listener) {
    listeners.remove(listener);
    watch.remove(listener);
    if (listeners.isEmpty() && isOpen()) {
      probe(false);
    }
  }

  /** TCP's keep-alive finds out, within seconds, that nobody is at the other end any more. */
  private void probe(boolean on) {
    try {
      SocketChannel channel = getChannel();
      if (on) {
        channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, PROBE_SECONDS);
        channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, PROBE_SECONDS);
        channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, MAX_PROBES);
      }
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, on);
    } catch (IOException | UnsupportedOperationException e) {
      log.debug("the connection cannot be probed", e); // it is closed, or of another system
    }
  }

  /** Has the client end the connection, if it knows how to, and so show that it has all. */
  void endIfAwaiting() {
    if (!listeners.isEmpty()) {
      shutdownOutput();
    }
  }

  @Override
  protected void onIdleExpired(TimeoutException timeout) {
    if (listeners.isEmpty()) {
      super.onIdleExpired(timeout);
    }
  }

  @Override
  public void onClose(@Nullable Throwable cause) {
    try {
      super.onClose(cause);
      listeners.forEach(watch.isEnded() ? this::forget : ConnectionListener::onClosed);
    } finally {
      try {
        loop.execute(this::deselect);
        blocking.execute(() -> onClosed.accept(this, cause));
      } catch (RejectedExecutionException e) {
        onClosed.accept(this, cause); // the server has stopped
      }
    }
  }

  /** The socket is closed by the next look at what is ready. */
  private void deselect() {
    if (selection != null) {
      selection.end().run();
    }
  }
}
