package dev.coatcheck.gateway.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request, read bit by bit into a reader, no faster than that one takes it; and
 * what a client still sends after it was answered. The server's own ways of reading a body to its
 * end gather it, or fail the request when it is too large, instead of leaving it to be answered.
 *
 * <p><b>Threading:</b> whichever thread brings the next bytes or wakes the reader, one at a time.
 *
 * <p>A body that takes longer than {@link BodyReception} allows is broken off: its reader is told,
 * and a client that was answered and sends on is cut.
 *
 * <p><b>Lifecycle:</b> until the body's end, or until {@link #leave}. A request must not be
 * completed while its body is being read or awaited: {@code leave} tells when it can be.
 */
final class RequestBody implements Invocable.Task {

  /** Takes the bytes in. */
  interface Reader {

    /** Whether it can take more now. Once that has changed, {@link RequestBody#resume}. */
    boolean isReady();

    /** The next bytes; {@code data} is not to be kept. */
    void data(ByteBuffer data);

    /** That was all. */
    void end();

    /** There will be no more bytes, though there should be. */
    void broken(Throwable cause);

    /** The client takes too long. On any thread, even while {@link #data} is called. */
    void overdue();
  }

  private enum Phase {
    /** Nobody reads: there is no reader, or it is not ready. Goes on to READING. */
    AT_REST,
    /** One thread reads. Goes on to any other. */
    READING,
    /** The server tells when there is more. Goes on to READING. */
    AWAITED,
    /** Nothing is read any more. */
    OVER
  }

  /** Takes nothing: before there is a reader, and when there is none any more. */
  private static final Reader NOBODY =
      new Reader() {
        @Override
        public boolean isReady() {
          return false;
        }

        @Override
        public void data(ByteBuffer data) {}

        @Override
        public void end() {}

        @Override
        public void broken(Throwable cause) {}

        @Override
        public void overdue() {}
      };

  /** How often in a row the server may say that there is something to read where there is none. */
  private static final int MAX_EMPTY_READS = 100;

  private final Request request;
  private final BodyReception bodies;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.AT_REST);
  private final AtomicReference<@Nullable Runnable> whenLeft = new AtomicReference<>();

  // state
  private volatile Reader reader = NOBODY;

  // state, set before whenLeft, and from then on of the thread in read()
  private long leftToDiscard;

  // state, of the thread in read()
  private int emptyReads;
  private long receivedBytes;

  // state, under this: for how long the client was waited for
  private long awaitedNanos;
  private long awaitedSinceNanos;
  private long allowedNanos;
  private boolean awaiting;
  private boolean overdue;

  RequestBody(Request request, BodyReception bodies) {
    this.request = request;
    this.bodies = bodies;
  }

  /** Begins to read. */
  void readInto(Reader to) {
    reader = to;
    resume();
  }

  /** Goes on reading if the reader was not ready, and may be now; a hint. */
  void resume() {
    if (phase.compareAndSet(Phase.AT_REST, Phase.READING)) {
      read();
    }
  }

  /**
   * The client was answered: reads nothing more into the reader, and calls {@code whenLeft} as soon
   * as nothing is read or awaited.
   *
   * @param mostBytes how much to read and throw away before that. A client may look for its answer
   *     only after it has sent all; if it found the connection closed by then (RFC 9112, 9.6), or
   *     the stream reset (RFC 9113, 8.1), it would never see it.
   */
  void leave(long mostBytes, Runnable whenLeft) {
    leftToDiscard = mostBytes;
    this.whenLeft.set(whenLeft);
    if (phase.get() == Phase.OVER) {
      over();
    } else {
      resume();
    }
  }

  @Override
  public void run() {
    phase.set(Phase.READING);
    noLongerAwaited();
    read();
  }

  private void read() {
    while (true) {
      if (!isWanted()) {
        phase.set(Phase.AT_REST);
        if (!isWanted() || !phase.compareAndSet(Phase.AT_REST, Phase.READING)) {
          return;
        }
      }
      if (isLeft() && leftToDiscard <= 0) {
        over();
        return;
      }
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        if (++emptyReads > MAX_EMPTY_READS) {
          over();
          (isLeft() ? NOBODY : reader).broken(new IOException("the body makes no progress"));
          return;
        }
        awaited();
        phase.set(Phase.AWAITED);
        request.demand(this);
        return;
      }
      emptyReads = 0;
      if (take(chunk)) {
        return;
      }
    }
  }

  /** Takes in what was read; true if nothing can follow. */
  private boolean take(Content.Chunk chunk) {
    Reader to = isLeft() ? NOBODY : reader;
    if (Content.Chunk.isFailure(chunk)) {
      over();
      to.broken(chunk.getFailure());
      return true;
    }
    boolean last = chunk.isLast();
    receivedBytes += chunk.remaining();
    try {
      if (isLeft()) {
        leftToDiscard -= chunk.remaining();
      }
      if (chunk.hasRemaining()) {
        to.data(chunk.getByteBuffer());
      }
    } finally {
      chunk.release();
    }
    if (last) {
      over();
      to.end();
    }
    return last;
  }

  private synchronized void awaited() {
    awaiting = true;
    awaitedSinceNanos = System.nanoTime();
    allowedNanos = bodies.allowedNanos(receivedBytes);
    bodies.await(this);
  }

  private synchronized void noLongerAwaited() {
    awaiting = false;
    awaitedNanos += System.nanoTime() - awaitedSinceNanos;
  }

  /** Called again and again while there is a body. */
  void expireIfOverdue(long nowNanos) {
    boolean first;
    synchronized (this) {
      if (!awaiting || awaitedNanos + nowNanos - awaitedSinceNanos <= allowedNanos) {
        return;
      }
      first = !overdue;
      overdue = true;
    }
    if (first) {
      bodies.countOverdue();
    }
    if (first && !isLeft()) {
      reader.overdue();
    } else if (isLeft()) {
      request.fail(new TimeoutException("the body was not complete in time"));
    }
  }

  private boolean isLeft() {
    return whenLeft.get() != null;
  }

  private boolean isWanted() {
    return isLeft() || reader.isReady();
  }

  private void over() {
    phase.set(Phase.OVER);
    bodies.forget(this);
    Runnable then = whenLeft.getAndSet(null);
    if (then != null) {
      then.run();
    }
  }

  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }
}
