package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.progress.ProgressFeed;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpStatus;

/** {@code /v1/images/{key}/events}: news of the image while it is made and picked up. */
final class EventsHandler {

  private final ProgressFeed feed;

  // state, any thread
  private final Set<ProgressEventStream> streams = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;

  EventsHandler(ProgressFeed feed) {
    this.feed = feed;
  }

  void watch(Exchange exchange, String key) {
    if (LastEvent.isEnd(exchange.request().getHeaders())) {
      exchange.sendEmpty(HttpStatus.NO_CONTENT_204);
      return;
    }
    var stream = new ProgressEventStream(exchange, streams::remove);
    streams.add(stream);
    feed.watch(Paths.nameOf(key), stream);
    if (draining) {
      stream.end();
    }
  }

  /** Ends every stream: its reader comes again, through another gateway. */
  void drain() {
    draining = true;
    streams.forEach(ProgressEventStream::end);
  }
}
