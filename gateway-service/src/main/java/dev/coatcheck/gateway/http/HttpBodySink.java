package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.relay.RelaySink;
import dev.coatcheck.gateway.relay.RelaySource;
import dev.coatcheck.gateway.relay.RelayedChunk;
import dev.coatcheck.gateway.routing.GeneratorFailure;
import dev.coatcheck.kit.pace.ReadingTime;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageChunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;

/**
 * An image as the body of an HTTP response: writes the wire's own buffers one after the other, and
 * gives each chunk back when its last buffer was taken.
 *
 * <p>The headers wait for the first bytes, so that a function which fails before them is answered
 * by a status of its own. Bytes that end too early break the response: a reset over HTTP/2, no last
 * chunk or too few bytes over HTTP/1.1.
 *
 * <p><b>Threading:</b> chunks come from the relay's event loop; writes complete on any thread. What
 * is written next is decided by one thread at a time, the one in {@link Writer#process}.
 *
 * <p><b>Ownership:</b> owns the chunks from the relay until they are written, or the response has
 * broken and no write is under way any more: the HTTP server may read a buffer until then.
 */
final class HttpBodySink implements RelaySink {

  private static final long UNKNOWN = -1;

  private final Exchange exchange;
  private final boolean tellsLocation;
  private final Writer writer = new Writer();
  private final Queue<RelayedChunk> chunks = new ConcurrentLinkedQueue<>();

  // state, set on the event loop before it is read
  private @Nullable RelaySource source;
  private ImageChunk head = ImageChunk.getDefaultInstance();
  private Image image = Image.getDefaultInstance();
  private volatile boolean whole;

  /**
   * A sink that answers {@code exchange}.
   *
   * @param tellsLocation whether the response says where the image is
   */
  HttpBodySink(Exchange exchange, boolean tellsLocation) {
    this.exchange = exchange;
    this.tellsLocation = tellsLocation;
  }

  @Override
  public void start(RelaySource source) {
    this.source = source;
    exchange.whileWaiting(writer::abort);
  }

  @Override
  public void head(RelayedChunk chunk) {
    head = chunk.fields();
    image = head.getImage();
    chunk.release();
  }

  @Override
  public void data(RelayedChunk chunk) {
    chunks.add(chunk);
    writer.iterate();
    writer.releaseIfOver();
  }

  @Override
  public void last(RelayedChunk chunk) {
    ImageChunk fields = chunk.fields();
    if (!fields.getSha256().isEmpty()) {
      image =
          image.toBuilder()
              .setSizeBytes(fields.getSizeBytes())
              .setSha256(fields.getSha256())
              .build();
    }
    chunk.release();
    whole = true;
    writer.iterate();
  }

  @Override
  public void fail(GeneratorFailure failure) {
    exchange.sendFailure(failure);
  }

  @Override
  public void abort(GeneratorFailure failure) {
    writer.abort(new IOException("the image broke off: " + failure.message(), failure));
  }

  private RelaySource source() {
    if (source == null) {
      throw new IllegalStateException("not started");
    }
    return source;
  }

  /** Writes what there is, until there is nothing, or a write is under way. */
  private final class Writer extends IteratingCallback implements Receipt.Listener {

    // state, the thread in process()
    private @Nullable RelayedChunk current;
    private Iterator<ByteBuffer> buffers = Collections.emptyIterator();
    private ByteBuffer underWay = BufferUtil.EMPTY_BUFFER;
    private int underWayBytes;
    private long writtenBytes;
    private long startNanos;
    private long expectedBytes = UNKNOWN;
    private boolean headersSet;
    private boolean lastWritten;

    private volatile boolean over;

    @Override
    protected Action process() {
      if (!buffers.hasNext()) {
        finishChunk();
        boolean thatWasAll = whole; // before the poll: set after the last chunk was added
        RelayedChunk next = chunks.poll();
        if (next == null) {
          return thatWasAll ? finish() : Action.IDLE;
        }
        current = next;
        setHeaders(next);
        buffers = next.data().iterator();
      }
      ByteBuffer buffer = buffers.next();
      underWay = buffer;
      underWayBytes = buffer.remaining();
      if (writtenBytes + underWayBytes == expectedBytes) {
        return writeLast(buffer); // some clients read no further
      }
      exchange.response().write(false, buffer, this);
      return Action.SCHEDULED;
    }

    private Action finish() {
      if (lastWritten) {
        return Action.SUCCEEDED;
      }
      setHeaders(null); // the image had no bytes
      return writeLast(BufferUtil.EMPTY_BUFFER);
    }

    private Action writeLast(ByteBuffer buffer) {
      lastWritten = true;
      exchange.writeLast(buffer, this);
      return Action.SCHEDULED;
    }

    private void setHeaders(@Nullable RelayedChunk first) {
      if (headersSet) {
        return;
      }
      headersSet = true;
      startNanos = System.nanoTime();
      var headers = exchange.response().getHeaders();
      String type = image.getContentType();
      ContentHeaders.put(
          headers,
          image,
          type.isEmpty() && first != null ? ImageSignature.mediaType(first.data()) : type);
      ClaimHeaders.show(headers, head.getClaim(), exchange.paths().of(image.getName()));
      if (head.hasRange()) {
        exchange.response().setStatus(HttpStatus.PARTIAL_CONTENT_206);
        ContentHeaders.putRange(headers, image, head.getRange());
      }
      if (!headers.contains(HttpHeader.CONTENT_LENGTH) && !exchange.isMultiplexed()) {
        // Said, because otherwise a body ends with the connection if the client wants that closed.
        headers.put(HttpHeader.TRANSFER_ENCODING, "chunked");
      }
      if (tellsLocation) {
        headers.put(HttpHeader.CONTENT_LOCATION, exchange.paths().of(image.getName()));
      }
      expectedBytes = headers.getLongField(HttpHeader.CONTENT_LENGTH);
    }

    private ReadingTime pace() {
      return ReadingTime.since(startNanos, writtenBytes);
    }

    private void finishChunk() {
      RelayedChunk finished = current;
      if (finished != null) {
        current = null;
        finished.release();
        source().demand();
      }
    }

    @Override
    protected void onSuccess() {
      writtenBytes += underWayBytes;
      source().progressed();
      underWayBytes = 0;
    }

    @Override
    protected void onCompleteSuccess() {
      source().written();
      exchange.awaitReceipt(pace(), this);
    }

    @Override
    public void received() {
      source().received();
    }

    @Override
    public void lost() {
      source().broken(writtenBytes);
    }

    /** Breaks the response at once; a write that is under way is cancelled and then completes. */
    @Override
    protected void onAborted(Throwable cause) {
      exchange.fail(cause);
    }

    /** No write is under way any more, and none will be. */
    @Override
    protected void onCompleteFailure(Throwable cause) {
      long mayHaveGoneBytes = mayHaveGoneBytes();
      RelayedChunk unfinished = current;
      current = null;
      if (unfinished != null) {
        unfinished.release();
      }
      over = true;
      releaseIfOver();
      source().broken(writtenBytes + mayHaveGoneBytes);
      exchange.fail(cause);
    }

    /**
     * How much of the last write nobody can be sure of. A write that is cancelled counts as failed,
     * even if it was done to its last byte meanwhile; over HTTP/1.1 the buffer shows what was not
     * taken from it.
     */
    private long mayHaveGoneBytes() {
      return exchange.isMultiplexed() || underWayBytes == 0
          ? underWayBytes
          : underWayBytes - underWay.remaining();
    }

    void releaseIfOver() {
      if (over) {
        for (var late = chunks.poll(); late != null; late = chunks.poll()) {
          late.release();
        }
      }
    }

    @Override
    public InvocationType getInvocationType() {
      return InvocationType.NON_BLOCKING;
    }
  }
}
