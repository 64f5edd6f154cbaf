package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.loop.Loop;
import dev.coatcheck.gateway.loop.ReadyListener;
import dev.coatcheck.gateway.loop.Selection;
import java.io.IOException;
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
final class LoopEndPoint extends ObservedEndPoint implements ReadyListener {

  private final Loop loop;
  private final Executor blocking;
  private final BiConsumer<LoopEndPoint, @Nullable Throwable> onClosed;

  // state, the loop
  private @Nullable Selection selection;
  private boolean handling;

  // state, the thread that looks for stalls
  private long stallBytes;
  private long stallNanos = System.nanoTime();

  LoopEndPoint(
      SocketChannel channel,
      Loop loop,
      ReceiptWatch watch,
      Executor blocking,
      Scheduler scheduler,
      BiConsumer<LoopEndPoint, @Nullable Throwable> onClosed) {
    super(channel, watch, scheduler);
    this.loop = loop;
    this.blocking = blocking;
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

  /** Has the client show as soon as it can what it has received. */
  void drain() {
    loop.execute(this::onDrain);
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
