package dev.coatcheck.gateway.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coatcheck.gateway.relay.RelaySink;
import dev.coatcheck.gateway.relay.RelaySource;
import dev.coatcheck.gateway.relay.RelayedChunk;
import dev.coatcheck.gateway.routing.GeneratorFailure;
import dev.coatcheck.kit.pace.ReadingTime;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageChunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;

/**
 * An image as server-sent events (WHATWG HTML, 9.2): {@code image}, its JSON; {@code chunk}s, each
 * of {@value #SLICE_BYTES} bytes but the last, as base64, with a {@link LastEvent} as id; {@code
 * done}, with the size and SHA-256; {@code heartbeat}s where nothing else is said.
 *
 * <p>A reader that comes back with the id of the last chunk it has is given what follows it. The
 * generator is asked to begin at that chunk, which is dropped here: if it was the image's last,
 * nothing begins behind it.
 *
 * <p>The headers wait for the first bytes, but not for long: a heartbeat shows whether the reader
 * is still there. A failure after that is an event {@code failed}, the problem's JSON.
 *
 * <p><b>Threading:</b> chunks come from the relay's event loop, ticks from the heartbeats' thread,
 * writes complete on any; what is written next is decided by one at a time, in {@link #process}.
 *
 * <p><b>Ownership:</b> owns the chunks from the relay until they are copied into an event, or the
 * response has broken.
 */
final class SseContentSink extends IteratingCallback
    implements RelaySink, Heartbeats.Listener, Receipt.Listener {

  /** What an event carries: 32 KiB of base64. */
  static final int SLICE_BYTES = 24 << 10;

  private final Exchange exchange;
  private final Heartbeats heartbeats;
  private final LastEvent lastEvent;
  private final boolean tellsLocation;
  private final Queue<RelayedChunk> chunks = new ConcurrentLinkedQueue<>();

  // state, set on the event loop before it is read
  private @Nullable RelaySource source;
  private ImageChunk head = ImageChunk.getDefaultInstance();
  private volatile boolean begun;
  private volatile @Nullable ImageChunk last;
  private volatile @Nullable GeneratorFailure failure;

  // state, any thread
  private volatile long movedNanos = System.nanoTime();
  private volatile boolean writing;
  private volatile boolean beat;
  private volatile boolean over;

  // state, the thread in process()
  private final ByteBuffer slice = ByteBuffer.allocate(SLICE_BYTES);
  private @Nullable RelayedChunk current;
  private Queue<ByteBuffer> buffers = new ArrayDeque<>();
  private boolean imageTold;
  private boolean ended;
  private boolean lastWritten;
  private int toSkip;
  private long written;
  private long startNanos;
  private int underWay;
  private long lastChunk;

  /**
   * A sink that answers {@code exchange}.
   *
   * @param lastEvent what the reader has already; the image is to come from its chunk on
   * @param tellsLocation whether the response says where the image is
   */
  SseContentSink(
      Exchange exchange, Heartbeats heartbeats, LastEvent lastEvent, boolean tellsLocation) {
    this.exchange = exchange;
    this.heartbeats = heartbeats;
    this.lastEvent = lastEvent;
    this.toSkip = lastEvent.hasChunk() ? SLICE_BYTES : 0;
    this.lastChunk = lastEvent.chunk();
    this.tellsLocation = tellsLocation;
  }

  @Override
  public void start(RelaySource started) {
    source = started;
    exchange.whileSpeaking(this::abort);
    heartbeats.add(this);
  }

  @Override
  public void head(RelayedChunk chunk) {
    head = chunk.fields();
    chunk.release();
    begun = true;
  }

  @Override
  public void data(RelayedChunk chunk) {
    chunks.add(chunk);
    iterate();
    releaseIfOver();
  }

  @Override
  public void last(RelayedChunk chunk) {
    ImageChunk fields = chunk.fields();
    chunk.release();
    last = fields;
    iterate();
  }

  @Override
  public void fail(GeneratorFailure why) {
    failure = why;
    iterate();
  }

  @Override
  public void abort(GeneratorFailure why) {
    abort(new IOException("the image broke off: " + why.message(), why));
  }

  @Override
  public void tick() {
    if (writing) {
      if (heartbeats.isStalled(movedNanos)) {
        abort(new TimeoutException("the reader takes nothing"));
      }
    } else if (heartbeats.isSilent(movedNanos) && begun) {
      beat = true;
      iterate();
    }
  }

  @Override
  protected Action process() {
    if (lastWritten) {
      return Action.SUCCEEDED;
    }
    GeneratorFailure why = failure;
    if (why != null && !exchange.response().isCommitted()) {
      heartbeats.remove(this);
      if (!SseRequest.sendRetry(exchange, ProblemMapper.toProblem(why))) {
        exchange.sendFailure(why); // nothing was said yet, so this is a status of its own
      }
      return Action.IDLE;
    }
    ImageChunk end = last; // before the polls: set after the last chunk was added
    fill();
    if (!imageTold && (slice.position() > 0 || end != null || beat)) {
      imageTold = true;
      setHeaders();
      return write(
          event("image", idAt(lastEvent.chunk()), ImageJson.of(head.getImage(), exchange.paths())),
          false);
    }
    if (!slice.hasRemaining() || (end != null && slice.position() > 0)) {
      return write(nextChunk(), false);
    }
    if (end != null) {
      ended = true;
      return write(event("done", LastEvent.END, digest(end)), true);
    }
    if (why != null) {
      String id = why.retryAfter().isEmpty() ? LastEvent.END : idAt(lastChunk);
      return write(event("failed", id, ProblemMapper.toProblem(why).toJson()), true);
    }
    if (beat) {
      beat = false;
      return write(event("heartbeat", JsonNodeFactory.instance.objectNode()), false);
    }
    return Action.IDLE;
  }

  /** Copies what has come into the slice, until that is full. */
  private void fill() {
    while (slice.hasRemaining()) {
      ByteBuffer buffer = buffers.peek();
      if (buffer == null) {
        finishChunk();
        RelayedChunk next = chunks.poll();
        if (next == null) {
          return;
        }
        current = next;
        buffers = new ArrayDeque<>(next.data());
        continue;
      }
      int skipped = Math.min(toSkip, buffer.remaining());
      buffer.position(buffer.position() + skipped);
      toSkip -= skipped;
      written += skipped; // the reader has it
      int count = Math.min(slice.remaining(), buffer.remaining());
      slice.put(buffer.slice(buffer.position(), count));
      buffer.position(buffer.position() + count);
      if (!buffer.hasRemaining()) {
        buffers.remove();
      }
    }
  }

  private void finishChunk() {
    RelayedChunk finished = current;
    if (finished != null) {
      current = null;
      finished.release();
      source().demand();
    }
  }

  private ByteBuffer nextChunk() {
    slice.flip();
    underWay = slice.remaining();
    lastChunk = head.getOffset() + written;
    ByteBuffer base64 = Base64.getEncoder().encode(slice);
    slice.clear();
    byte[] before =
        ("event: chunk\nid: " + idAt(lastChunk) + "\ndata: ").getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(before.length + base64.remaining() + 2)
        .put(before)
        .put(base64)
        .put((byte) '\n')
        .put((byte) '\n')
        .flip();
  }

  /** The id that has a reader come back behind the chunk at {@code offset}, with its proof. */
  private String idAt(long offset) {
    return new LastEvent(offset, head.getClaim()).id();
  }

  private static ByteBuffer event(String name, String id, ObjectNode data) {
    return event(name + "\nid: " + id, data);
  }

  private static ByteBuffer event(String name, ObjectNode data) {
    String event = "event: " + name + "\ndata: " + data + "\n\n";
    return ByteBuffer.wrap(event.getBytes(StandardCharsets.UTF_8));
  }

  private static ObjectNode digest(ImageChunk end) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("sizeBytes", end.getSizeBytes())
        .put("sha256", end.getSha256());
  }

  private void setHeaders() {
    startNanos = System.nanoTime();
    Image image = head.getImage();
    var headers = exchange.response().getHeaders();
    headers.put(HttpHeader.CONTENT_TYPE, SseRequest.TYPE);
    StreamHeaders.put(headers);
    ClaimHeaders.show(headers, head.getClaim(), exchange.paths().of(image.getName()));
    if (tellsLocation) {
      headers.put(HttpHeader.CONTENT_LOCATION, exchange.paths().of(image.getName()));
    }
  }

  private Action write(ByteBuffer event, boolean isLast) {
    lastWritten = isLast;
    movedNanos = System.nanoTime();
    writing = true;
    if (ended) {
      exchange.writeLast(event, this);
    } else {
      exchange.response().write(isLast, event, this);
    }
    return Action.SCHEDULED;
  }

  private ReadingTime pace() {
    return ReadingTime.since(startNanos, written);
  }

  @Override
  protected void onSuccess() {
    writing = false;
    movedNanos = System.nanoTime();
    written += underWay;
    if (underWay > 0) {
      source().progressed();
    }
    underWay = 0;
  }

  @Override
  protected void onCompleteSuccess() {
    heartbeats.remove(this);
    if (ended) {
      source().written();
      exchange.awaitReceipt(pace(), this);
    } else {
      exchange.succeed();
    }
  }

  @Override
  public void received() {
    source().received();
  }

  @Override
  public void lost() {
    source().broken(written);
  }

  /** Breaks the response at once; a write that is under way is cancelled and then completes. */
  @Override
  protected void onAborted(Throwable cause) {
    exchange.fail(cause);
  }

  /** No write is under way any more, and none will be. */
  @Override
  protected void onCompleteFailure(Throwable cause) {
    heartbeats.remove(this);
    RelayedChunk unfinished = current;
    current = null;
    if (unfinished != null) {
      unfinished.release();
    }
    over = true;
    releaseIfOver();
    source().broken(written + underWay);
    exchange.fail(cause);
  }

  private void releaseIfOver() {
    if (over) {
      for (var late = chunks.poll(); late != null; late = chunks.poll()) {
        late.release();
      }
    }
  }

  private RelaySource source() {
    if (source == null) {
      throw new IllegalStateException("not started");
    }
    return source;
  }

  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }
}
