package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.progress.ProgressListener;
import dev.coatcheck.gateway.progress.ProgressWatch;
import dev.coatcheck.gateway.routing.GeneratorFailure;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.WatchImageResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;

/**
 * News of an image as server-sent events (WHATWG HTML, 9.2): {@code state} when the image's state
 * has changed, {@code progress} when only its byte counts have, {@code heartbeat} when nothing has.
 * The last state has the id {@value LastEvent#END}, with which nobody need come again. A reader
 * that is slow gets the newest news when it can take them, and misses those between.
 *
 * <p><b>Threading:</b> news come from the channel's event loop, writes complete on any thread;
 * {@link #process} runs in one at a time.
 *
 * <p><b>Lifecycle:</b> until the image's end, until the reader is gone, or until {@link #end}.
 */
final class ProgressEventStream extends IteratingCallback implements ProgressListener {

  private final Exchange exchange;
  private final Consumer<ProgressEventStream> onOver;

  // state
  private volatile @Nullable ProgressWatch watch;
  private volatile boolean ended;

  // state, the thread in process()
  private Image.@Nullable State toldState;
  private boolean toldClaimed;
  private long id;
  private boolean lastWritten;

  /** A stream that answers {@code exchange}, and tells {@code onOver} when it is over. */
  ProgressEventStream(Exchange exchange, Consumer<ProgressEventStream> onOver) {
    this.exchange = exchange;
    this.onOver = onOver;
  }

  /** Ends the response cleanly, in the middle of the image's life; readers come again. */
  void end() {
    ended = true;
    iterate();
  }

  @Override
  public void onStart(ProgressWatch started) {
    watch = started;
    exchange.whileSpeaking(this::abort);
  }

  @Override
  public void onNews() {
    iterate();
  }

  @Override
  public void onEnd() {
    end();
  }

  @Override
  public void onFailure(GeneratorFailure failure) {
    if (exchange.response().isCommitted()) {
      abort(new IOException("the image's news broke off: " + failure.message(), failure));
    } else {
      if (!SseRequest.sendRetry(exchange, ProblemMapper.toProblem(failure))) {
        exchange.sendFailure(failure);
      }
      onOver.accept(this);
    }
  }

  @Override
  protected Action process() {
    boolean thatWasAll = ended; // before the poll
    ProgressWatch source = watch;
    WatchImageResponse news = source == null ? null : source.poll();
    if (news != null) {
      setHeaders();
      exchange.response().write(false, event(news), this);
      return Action.SCHEDULED;
    }
    if (!thatWasAll) {
      return Action.IDLE;
    }
    if (lastWritten) {
      return Action.SUCCEEDED;
    }
    lastWritten = true;
    setHeaders();
    exchange.response().write(true, BufferUtil.EMPTY_BUFFER, this);
    return Action.SCHEDULED;
  }

  private void setHeaders() {
    if (!exchange.response().isCommitted()) {
      exchange.response().getHeaders().put(HttpHeader.CONTENT_TYPE, SseRequest.TYPE);
      StreamHeaders.put(exchange.response().getHeaders());
    }
  }

  private ByteBuffer event(WatchImageResponse news) {
    Image image = news.getImage();
    String name;
    String data;
    if (!news.hasImage()) {
      name = "heartbeat";
      data = "{}";
    } else if (image.getState() != toldState || image.getClaimed() != toldClaimed) {
      toldState = image.getState();
      toldClaimed = image.getClaimed();
      name = "state";
      data = ImageJson.of(image, exchange.paths()).toString();
    } else {
      name = "progress";
      data = ImageJson.progressOf(image).toString();
    }
    id++;
    String event =
        "event: "
            + name
            + "\nid: "
            + (isLast(image) ? LastEvent.END : Long.toString(id))
            + "\ndata: "
            + data
            + "\n\n";
    return ByteBuffer.wrap(event.getBytes(StandardCharsets.UTF_8));
  }

  /** True when no other state follows. */
  private static boolean isLast(Image image) {
    return switch (image.getState()) {
      case FAILED, DELIVERED -> true;
      case GENERATING, COMPLETE, STATE_UNSPECIFIED, UNRECOGNIZED -> false;
    };
  }

  @Override
  protected void onCompleteSuccess() {
    over();
    exchange.succeed();
  }

  @Override
  protected void onAborted(Throwable cause) {
    exchange.fail(cause);
  }

  @Override
  protected void onCompleteFailure(Throwable cause) {
    over();
    exchange.fail(cause);
  }

  private void over() {
    ProgressWatch source = watch;
    if (source != null) {
      source.cancel();
    }
    onOver.accept(this);
  }

  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }
}
