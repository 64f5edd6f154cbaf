package dev.coatcheck.gateway.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coatcheck.gateway.progress.ProgressListener;
import dev.coatcheck.gateway.progress.ProgressWatch;
import dev.coatcheck.gateway.relay.RelaySink;
import dev.coatcheck.gateway.relay.RelaySource;
import dev.coatcheck.gateway.relay.RelayedChunk;
import dev.coatcheck.gateway.routing.GeneratorFailure;
import dev.coatcheck.v1.ImageChunk;
import dev.coatcheck.v1.WatchImageResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.OpCode;
import org.jspecify.annotations.Nullable;

/**
 * An image over a WebSocket (RFC 6455): its bytes as binary messages, in order, and between them
 * text messages, each a JSON object with its {@code event}: {@code image}, with the offset of the
 * first byte and the claim to go on with; {@code progress}; {@code done}, with the size and
 * SHA-256; {@code failed}, the problem. It ends with the close code 1000, or 4000 and the problem's
 * status. A client that closes in the middle is answered by a close frame at once (5.5.1), and one
 * whose text is not UTF-8 by 1007 (8.1).
 *
 * <p>A ping goes out every few seconds. A reader that neither answers nor takes bytes for some time
 * has gone.
 *
 * <p><b>Threading:</b> chunks and news come from event loops, ticks from the heartbeats' thread,
 * frames from the server's; what is written next is decided by one at a time, in {@link
 * Writer#process}.
 *
 * <p><b>Ownership:</b> owns the chunks from the relay until they are written, or the socket has
 * closed and no write is under way any more.
 */
final class WebSocketSink
    implements RelaySink, FrameHandler, ProgressListener, Heartbeats.Listener {

  private static final int CLOSE_OF_STATUS = 4000;
  private static final Duration LAST_WORD_WITHIN = Duration.ofSeconds(10);

  /** The client's kernel may hold megabytes before our close frame. */
  private static final Duration CLOSE_ANSWERED_WITHIN = Duration.ofSeconds(60);

  /** Of messages from the client, which nobody reads. */
  private static final long MAX_IGNORED_BYTES = 64 << 10;

  private final Paths paths;
  private final Heartbeats heartbeats;
  private final Consumer<WebSocketSink> onOpen;
  private final Consumer<WebSocketSink> onOver;
  private final Writer writer = new Writer();
  private final Queue<RelayedChunk> chunks = new ConcurrentLinkedQueue<>();

  // state, set before it is read
  private volatile @Nullable CoreSession session;
  private volatile @Nullable RelaySource source;
  private volatile @Nullable ProgressWatch watch;
  private volatile @Nullable ImageChunk head;
  private volatile @Nullable ImageChunk last;
  private volatile @Nullable GeneratorFailure failure;

  // state, any thread
  private volatile long heardNanos = System.nanoTime();
  private volatile long spokeNanos = System.nanoTime();
  private volatile boolean pingDue;
  private volatile boolean over;

  // state, whoever brings frames
  private final Utf8Check utf8 = new Utf8Check();
  private long ignoredBytes;

  /**
   * A socket that is not open yet.
   *
   * @param paths for its client
   * @param onOpen begins the download into this
   * @param onOver is told when nothing of it is left
   */
  WebSocketSink(
      Paths paths,
      Heartbeats heartbeats,
      Consumer<WebSocketSink> onOpen,
      Consumer<WebSocketSink> onOver) {
    this.paths = paths;
    this.heartbeats = heartbeats;
    this.onOpen = onOpen;
    this.onOver = onOver;
  }

  // --- the socket

  @Override
  public void onOpen(CoreSession opened, Callback callback) {
    session = opened;
    callback.succeeded();
    opened.demand();
    heartbeats.add(this);
    onOpen.accept(this);
  }

  /** What a client says is not listened to, but for its being there. */
  @Override
  public void onFrame(Frame frame, Callback callback) {
    heardNanos = System.nanoTime();
    CoreSession open = session;
    if (open == null) {
      callback.succeeded();
      return;
    }
    if (frame.getOpCode() == OpCode.PING) {
      var pong = new Frame(OpCode.PONG, BufferUtil.copy(frame.getPayload()));
      callback.succeeded();
      open.sendFrame(pong, Callback.from(open::demand, writer::abort), false); // no more before
      return;
    }
    if (frame.getOpCode() == OpCode.CLOSE) {
      if (writer.closeAnswered()) {
        callback.succeeded();
      } else {
        writer.leave(callback::succeeded); // by which the session answers it with the same
      }
    } else {
      if (frame.isDataFrame()) {
        ignore(frame, open);
      }
      callback.succeeded();
    }
    open.demand();
  }

  private void ignore(Frame frame, CoreSession open) {
    ignoredBytes += frame.getPayloadLength();
    if (!utf8.accepts(frame)) {
      leave(open, CloseStatus.BAD_PAYLOAD, "the text is not UTF-8");
    } else if (ignoredBytes > MAX_IGNORED_BYTES) {
      leave(open, CloseStatus.POLICY_VIOLATION, "nobody reads messages here");
    }
  }

  private void leave(CoreSession open, int code, String reason) {
    writer.leave(() -> {
      open.setIdleTimeout(LAST_WORD_WITHIN);
      open.close(new CloseStatus(code, reason), Callback.NOOP);
    });
  }

  @Override
  public void onError(Throwable cause, Callback callback) {
    writer.closeUnanswered();
    writer.abort(cause);
    callback.succeeded();
  }

  @Override
  public void onClosed(CloseStatus status, Callback callback) {
    writer.closeUnanswered();
    writer.abort(new IOException("the socket is closed: " + status.getCode()));
    callback.succeeded();
  }

  @Override
  public void tick() {
    if (heartbeats.isStalled(heardNanos)) {
      writer.abort(new TimeoutException("the reader says and takes nothing"));
    } else if (heartbeats.isSilent(spokeNanos) && !pingDue) {
      pingDue = true;
      writer.iterate();
    }
  }

  // --- the image

  @Override
  public void start(RelaySource started) {
    source = started;
  }

  @Override
  public void head(RelayedChunk chunk) {
    head = chunk.fields();
    chunk.release();
    writer.iterate();
  }

  @Override
  public void data(RelayedChunk chunk) {
    chunks.add(chunk);
    writer.iterate();
    releaseIfOver();
  }

  @Override
  public void last(RelayedChunk chunk) {
    ImageChunk fields = chunk.fields();
    chunk.release();
    last = fields;
    writer.iterate();
  }

  @Override
  public void fail(GeneratorFailure why) {
    failure = why;
    writer.iterate();
  }

  /** All that came is written first: the reader goes on from there. */
  @Override
  public void abort(GeneratorFailure why) {
    fail(why);
  }

  // --- its progress

  @Override
  public void onStart(ProgressWatch started) {
    watch = started;
    if (over) {
      started.cancel();
    }
  }

  @Override
  public void onNews() {
    writer.iterate();
  }

  @Override
  public void onEnd() {}

  @Override
  public void onFailure(GeneratorFailure none) {
    // The download tells it, too.
  }

  private void releaseIfOver() {
    if (over) {
      for (var late = chunks.poll(); late != null; late = chunks.poll()) {
        late.release();
      }
    }
  }

  /** Writes one frame after the other. */
  private final class Writer extends IteratingCallback {

    // state, the thread in process()
    private @Nullable RelayedChunk current;
    private Iterator<ByteBuffer> buffers = Collections.emptyIterator();
    private boolean firstOfMessage;
    private boolean imageTold;
    private boolean whole;
    private boolean closed;
    private CloseStatus close = CloseStatus.NORMAL_STATUS;
    private long written;
    private int underWay;

    // state, any thread
    private final AtomicBoolean awaitsClose = new AtomicBoolean();
    private final Queue<Runnable> lastWords = new ConcurrentLinkedQueue<>();

    /** Writes nothing behind the frame that is under way, and says {@code lastWord}. */
    void leave(Runnable lastWord) {
      lastWords.add(lastWord);
      iterate();
      if (over) { // looked at behind the addition, since the end says what was added before it
        sayLastWords();
      }
    }

    private void sayLastWords() {
      for (var word = lastWords.poll(); word != null; word = lastWords.poll()) {
        word.run();
      }
    }

    @Override
    protected Action process() {
      CoreSession open = session;
      if (open == null) {
        return Action.IDLE;
      }
      if (!lastWords.isEmpty()) {
        return Action.SUCCEEDED;
      }
      if (buffers.hasNext()) {
        return sendData(open);
      }
      finishChunk();
      if (closed) {
        return Action.SUCCEEDED;
      }
      if (pingDue) {
        pingDue = false;
        return send(open, new Frame(OpCode.PING));
      }
      ImageChunk begun = head;
      if (begun != null && !imageTold) {
        imageTold = true;
        return send(open, text("image", imageOf(begun)));
      }
      ImageChunk end = last; // before the poll: set after the last chunk was added
      GeneratorFailure why = failure;
      ProgressWatch news = watch;
      WatchImageResponse progress = news == null || begun == null ? null : news.poll();
      if (progress != null && progress.hasImage()) {
        return send(open, text("progress", ImageJson.progressOf(progress.getImage())));
      }
      RelayedChunk next = chunks.poll();
      if (next != null) {
        current = next;
        buffers = next.data().iterator();
        firstOfMessage = true;
        return sendData(open);
      }
      return end != null || why != null ? finish(open, end, why) : Action.IDLE;
    }

    private Action sendData(CoreSession open) {
      ByteBuffer buffer = buffers.next();
      underWay = buffer.remaining();
      byte opCode = firstOfMessage ? OpCode.BINARY : OpCode.CONTINUATION;
      firstOfMessage = false;
      return send(open, new Frame(opCode, !buffers.hasNext(), buffer));
    }

    private Action finish(
        CoreSession open, @Nullable ImageChunk end, @Nullable GeneratorFailure why) {
      closed = true;
      if (why != null) {
        Problem problem = ProblemMapper.toProblem(why);
        close = new CloseStatus(CLOSE_OF_STATUS + problem.status(), problem.reason());
        return send(open, text("failed", problem.toJson()));
      }
      whole = true;
      ObjectNode digest = JsonNodeFactory.instance.objectNode();
      if (end != null) {
        digest.put("sizeBytes", end.getSizeBytes()).put("sha256", end.getSha256());
      }
      return send(open, text("done", digest));
    }

    private Action send(CoreSession open, Frame frame) {
      spokeNanos = System.nanoTime();
      open.sendFrame(frame, this, false);
      return Action.SCHEDULED;
    }

    private static Frame text(String event, ObjectNode data) {
      ObjectNode json = JsonNodeFactory.instance.objectNode().put("event", event);
      json.setAll(data);
      return new Frame(OpCode.TEXT, json.toString());
    }

    private ObjectNode imageOf(ImageChunk begun) {
      return ImageJson.of(begun.getImage(), paths)
          .put("offset", begun.getOffset())
          .put("claim", begun.getClaim());
    }

    private void finishChunk() {
      RelayedChunk finished = current;
      RelaySource to = source;
      if (finished != null && to != null) {
        current = null;
        finished.release();
        to.demand();
      }
    }

    @Override
    protected void onSuccess() {
      written += underWay;
      RelaySource to = source;
      if (underWay > 0 && to != null) {
        heardNanos = System.nanoTime(); // its window has opened
        to.progressed();
      }
      underWay = 0;
    }

    @Override
    protected void onCompleteSuccess() {
      RelaySource to = source;
      CoreSession open = session;
      boolean leaves = !lastWords.isEmpty();
      if (whole && !leaves && to != null && open != null) {
        to.written();
        heartbeats.remove(WebSocketSink.this);
        awaitsClose.set(true);
        open.setIdleTimeout(CLOSE_ANSWERED_WITHIN);
        open.close(close, Callback.NOOP);
        if (!lastWords.isEmpty()) {
          closeUnanswered(); // its close frame crosses ours
        }
        return;
      }
      releaseUnfinished();
      if (to != null) {
        to.broken(written);
      }
      if (!leaves && open != null) {
        open.setIdleTimeout(LAST_WORD_WITHIN);
        open.close(close, Callback.NOOP);
      }
      ended();
    }

    /** The client answers the close frame that follows the image, so it has all before that. */
    boolean closeAnswered() {
      RelaySource to = source;
      if (to == null || !awaitsClose.compareAndSet(true, false)) {
        return false;
      }
      to.received();
      ended();
      return true;
    }

    /** The connection has ended; if the image's end was not confirmed, it is not received. */
    void closeUnanswered() {
      RelaySource to = source;
      if (to != null && awaitsClose.compareAndSet(true, false)) {
        to.broken(written);
        ended();
      }
    }

    @Override
    protected void onAborted(Throwable cause) {
      CoreSession open = session;
      if (open != null) {
        open.abort();
      }
    }

    /** No write is under way any more, and none will be. */
    @Override
    protected void onCompleteFailure(Throwable cause) {
      releaseUnfinished();
      RelaySource to = source;
      if (to != null) {
        to.broken(written + underWay);
      }
      CoreSession open = session;
      if (open != null) {
        open.abort();
      }
      ended();
    }

    private void releaseUnfinished() {
      RelayedChunk unfinished = current;
      current = null;
      if (unfinished != null) {
        unfinished.release();
      }
    }

    private void ended() {
      over = true;
      releaseIfOver();
      heartbeats.remove(WebSocketSink.this);
      ProgressWatch news = watch;
      if (news != null) {
        news.cancel();
      }
      onOver.accept(WebSocketSink.this);
      sayLastWords();
    }

    @Override
    public InvocationType getInvocationType() {
      return InvocationType.NON_BLOCKING;
    }
  }
}
