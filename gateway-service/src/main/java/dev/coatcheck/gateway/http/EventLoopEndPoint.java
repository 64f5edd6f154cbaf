package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.loop.Loop;
import dev.coatcheck.gateway.loop.ReadinessListener;
import dev.coatcheck.gateway.loop.Selection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose reads and writes are made on a loop. What does not block runs there, too.
 *
 * <p><b>Threading:</b> as any end point's: any thread. Interest in the channel changes on the loop.
 */
final class EventLoopEndPoint extends ObservedEndPoint implements ReadinessListener {

  /** How much is read before the loop's other connections get their turn. */
  private static final int MAX_READ_AT_ONCE_BYTES = 64 << 10;

  private static final long NO_DEADLINE = 0;

  private final Loop loop;
  private final Executor blocking;
  private final Duration headerTimeout;
  private final BiConsumer<EventLoopEndPoint, @Nullable Throwable> onClosed;

  // state, the loop
  private @Nullable Selection selection;
  private boolean handling;
  private int readBytes;

  // state, the thread that looks for stalls
  private long stallBytes;
  private long stallNanos = System.nanoTime();

  // state, any thread
  private volatile long headDeadlineNanos;
  private volatile boolean headExpected;

  EventLoopEndPoint(
      SocketChannel channel,
      Loop loop,
      ReceiptWatch watch,
      Executor blocking,
      Duration headerTimeout,
      Scheduler scheduler,
      BiConsumer<EventLoopEndPoint, @Nullable Throwable> onClosed) {
    super(channel, watch, scheduler);
    this.loop = loop;
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

  /** Reads, until the loop's other connections get their turn. */
  @Override
  public int fill(ByteBuffer buffer) {
    if (loop.isHere() && readBytes >= MAX_READ_AT_ONCE_BYTES && !isInputShutdown()) {
      return 0; // so that the caller waits for the channel to be selected again
    }
    int filled = super.fill(buffer);
    if (filled > 0) {
      if (loop.isHere()) {
        readBytes += filled;
      }
      if (headExpected) {
        headExpected = false;
        headDeadlineNanos = headDeadline();
      }
    }
    return filled;
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

  /**
   * True when a write is under way of which the kernel has taken nothing for {@code timeout}. Of a
   * connection with several streams the HTTP server itself does not see that. By one thread.
   */
  boolean isWriteStalled(long nowNanos, Duration timeout) {
    long flushedBytes = flushedBytes();
    if (!getWriteFlusher().isPending() || flushedBytes != stallBytes) {
      stallBytes = flushedBytes;
      stallNanos = nowNanos;
    }
    return nowNanos - stallNanos >= timeout.toNanos();
  }

  private long headDeadline() {
    long deadlineNanos = System.nanoTime() + headerTimeout.toNanos();
    return deadlineNanos == NO_DEADLINE ? deadlineNanos + 1 : deadlineNanos;
  }

  /** Has the client show as soon as it can what it has received. */
  void drain() {
    loop.execute(this::onDrain);
  }

  /**
   * On the loop: while another thread closes a channel, its selector returns at once and finds
   * nothing, again and again.
   */
  @Override
  public void doClose() {
    if (loop.isHere()) {
      super.doClose();
      return;
    }
    try {
      loop.execute(super::doClose);
    } catch (RejectedExecutionException e) { // the loop has ended, and selects nothing
      super.doClose();
    }
  }

  @Override
  public void onClose(@Nullable Throwable cause) {
    try {
      super.onClose(cause);
      onEndPointClosed();
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
