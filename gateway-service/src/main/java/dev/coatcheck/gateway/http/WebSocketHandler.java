package dev.coatcheck.gateway.http;

import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.gateway.progress.ProgressFeed;
import dev.coatcheck.gateway.relay.DownloadService;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.DownloadImageRequest.ClaimUse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.exception.WebSocketException;
import org.eclipse.jetty.websocket.core.server.WebSocketMappings;
import org.eclipse.jetty.websocket.core.server.WebSocketServerComponents;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/images/{key}/socket}: the image and its progress over a WebSocket. The query may have
 * {@code offset}, where to begin, and {@code claim}, to go on as the same claimant: a browser can
 * set no headers here.
 */
final class WebSocketHandler {

  /** That of RFC 6455. */
  private static final String VERSION = "13";

  private static final int MAX_OFFSET = 18;
  private static final int MAX_CLAIM = 256;

  private final DownloadService relays;
  private final ProgressFeed feed;
  private final Heartbeats heartbeats;
  private final CorsPolicy origins;
  private final WebSocketMappings upgrades;

  // state, any thread
  private final Set<WebSocketSink> open = ConcurrentHashMap.newKeySet();

  WebSocketHandler(
      Server server,
      DownloadService relays,
      ProgressFeed feed,
      Heartbeats heartbeats,
      CorsPolicy origins) {
    this.relays = relays;
    this.feed = feed;
    this.heartbeats = heartbeats;
    this.origins = origins;
    this.upgrades =
        new WebSocketMappings(WebSocketServerComponents.ensureWebSocketComponents(server));
  }

  void open(Exchange exchange, String key) throws ProblemException {
    origins.requirePermitted(exchange.request());
    Fields query = Request.extractQueryParameters(exchange.request());
    DownloadImageRequest.Builder request =
        DownloadImageRequest.newBuilder()
            .setName(Paths.nameOf(key))
            .setReadOffset(offset(query.getValue("offset")));
    putClaim(request, query.getValue("claim"), exchange);
    requireVersion(exchange);
    try {
      boolean upgraded =
          upgrades.upgrade(
              (_, response, _) -> {
                response.setExtensions(List.of()); // no compression
                if (exchange.request().getConnectionMetaData().getConnection().getEndPoint()
                    instanceof ObservedEndPoint endPoint) {
                  endPoint.probe(); // a client that has vanished is seen, whatever is written to it
                }
                return sink(request.build(), exchange.paths());
              },
              exchange.request(),
              exchange.response(),
              exchange.callback(),
              configuration -> configuration.setIdleTimeout(Duration.ZERO)); // we look ourselves
      if (!upgraded) {
        throw upgradeRequired(exchange, "a plain request (expected: a WebSocket's)");
      }
    } catch (WebSocketException e) {
      throw new ProblemException(
          Problem.invalid(HttpStatus.BAD_REQUEST_400, "the WebSocket's handshake is wrong"));
    }
  }

  /** Of a client that speaks another version: it is told the one that is spoken here (4.4). */
  private static void requireVersion(Exchange exchange) throws ProblemException {
    List<String> versions =
        exchange.request().getHeaders().getValuesList(HttpHeader.SEC_WEBSOCKET_VERSION);
    if (!versions.isEmpty() && !versions.equals(List.of(VERSION))) {
      throw upgradeRequired(
          exchange,
          "Sec-WebSocket-Version: "
              + UntrustedText.quote(String.join(", ", versions))
              + " (expected: "
              + VERSION
              + ")");
    }
  }

  private static ProblemException upgradeRequired(Exchange exchange, String detail) {
    HttpFields.Mutable headers = exchange.response().getHeaders();
    headers.put(HttpHeader.UPGRADE, "websocket");
    headers.put(HttpHeader.SEC_WEBSOCKET_VERSION, VERSION);
    return new ProblemException(Problem.invalid(HttpStatus.UPGRADE_REQUIRED_426, detail));
  }

  private FrameHandler sink(DownloadImageRequest request, Paths paths) {
    var sink =
        new WebSocketSink(
            paths,
            heartbeats,
            opened -> {
              relays.download(request, opened);
              feed.watch(request.getName(), opened);
            },
            this::over);
    open.add(sink);
    return sink;
  }

  private void over(WebSocketSink sink) {
    open.remove(sink);
    synchronized (this) {
      notifyAll();
    }
  }

  /** Waits until no image is on its way over a socket, or the time is over. */
  synchronized void awaitOver(Duration patience) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + patience.toNanos();
    while (!open.isEmpty()) {
      long left = deadlineNanos - System.nanoTime();
      if (left <= 0) {
        return;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  private static long offset(@Nullable String value) throws ProblemException {
    if (value == null || value.isEmpty()) {
      return 0;
    }
    if (value.length() > MAX_OFFSET || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new ProblemException(
          Problem.invalid(
              HttpStatus.UNPROCESSABLE_ENTITY_422,
              "offset",
              "offset: (expected: how many bytes there are already)"));
    }
    return Long.parseLong(value);
  }

  /** The one in the query, or else what the headers show, among them a browser's cookie. */
  private static void putClaim(
      DownloadImageRequest.Builder request, @Nullable String value, Exchange exchange)
      throws ProblemException {
    if (value == null || value.isEmpty() || value.length() > MAX_CLAIM) {
      ClaimHeaders.of(exchange.request()).putInto(request);
      request.setClaimUse(ClaimUse.OPTIONAL);
    } else {
      request.setClaim(value);
    }
  }
}
