package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.loop.EventLoops;
import dev.coatcheck.gateway.progress.ProgressFeed;
import dev.coatcheck.gateway.relay.DownloadService;
import dev.coatcheck.gateway.routing.Fleet;
import dev.coatcheck.gateway.routing.ImageCalls;
import dev.coatcheck.gateway.routing.UploadCalls;
import dev.coatcheck.kit.limits.RefusalCounters;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The HTTP port: HTTP/1.1, and HTTP/2 without TLS, on one address.
 *
 * <p><b>Threading:</b> handlers never block, and run on the gateway's event loops. The few threads
 * here accept connections and tell of their end.
 *
 * <p><b>Lifecycle:</b> from {@link #start} to {@link #close}, which lets running requests finish.
 */
public final class HttpServer {

  private static final int MAX_THREADS = 32;

  /**
   * What the kernel holds of one response. Left to itself it takes megabytes, which a slow reader
   * then pulls out of the generator long before it reads them.
   */
  private static final int SEND_BUFFER_BYTES = 256 << 10;

  /** What is read of an upload at once, and becomes one message. */
  private static final int INPUT_BUFFER_BYTES = 64 << 10;

  /** An absolute target is for the host that it names, whatever Host says (RFC 9112, 3.2.2). */
  private static final HttpCompliance TARGET_WINS =
      HttpCompliance.RFC9110.with("TARGET_WINS", HttpCompliance.Violation.MISMATCHED_AUTHORITY);

  private final Server server;
  private final EventLoopConnector connector;
  private final Routes routes;
  private final HealthHandler health;
  private final EventsHandler events;
  private final WebSocketHandler sockets;
  private final Heartbeats heartbeats;
  private final RefusalCounters refusals;

  private HttpServer(
      Server server,
      EventLoopConnector connector,
      Routes routes,
      HealthHandler health,
      EventsHandler events,
      WebSocketHandler sockets,
      Heartbeats heartbeats,
      RefusalCounters refusals) {
    this.server = server;
    this.connector = connector;
    this.routes = routes;
    this.health = health;
    this.events = events;
    this.sockets = sockets;
    this.heartbeats = heartbeats;
    this.refusals = refusals;
  }

  /**
   * Opens the port and serves.
   *
   * @param address may have port 0
   * @param stallTimeout a reader that takes nothing for so long is cut, as is a writer who sends
   *     nothing, but not a request that waits for its generator
   * @param hosts which hosts requests may be for
   * @param corsOrigins the other origins whose pages may call this one
   * @param grpcPort the other port, to be told to who asks here
   * @param functionUrl where the page may call the map function itself
   */
  public static HttpServer start(
      InetSocketAddress address,
      EventLoops loops,
      Duration stallTimeout,
      HttpLimits limits,
      AllowedHosts hosts,
      Set<String> corsOrigins,
      ImageCalls imageCalls,
      UploadCalls uploadCalls,
      DownloadService relays,
      ProgressFeed feed,
      Supplier<Fleet> fleet,
      int grpcPort,
      Optional<URI> functionUrl)
      throws Exception {
    var threads = new QueuedThreadPool(MAX_THREADS);
    threads.setName("http");
    threads.setDaemon(true);
    var server = new Server(threads);
    var refusals = new RefusalCounters();
    var bodies = new BodyReception(limits, refusals);
    var images = new ImagesHandler(imageCalls);
    var heartbeats = new Heartbeats(stallTimeout);
    var origins = new CorsPolicy(corsOrigins);
    var content = new ContentHandler(imageCalls, relays, heartbeats, origins.resourcePolicy());
    var sockets = new WebSocketHandler(server, relays, feed, heartbeats, origins);
    var uploads = new UploadsHandler(uploadCalls);
    var events = new EventsHandler(feed);
    var health = new HealthHandler(fleet, grpcPort);
    var contract = ApiDocsHandler.load();
    var page = new WebUiHandler(functionUrl);
    var routes =
        new Routes(bodies)
            .add("/", Map.of("GET", page::index, "HEAD", page::index))
            .add("/page/{file}", Map.of("GET", page::file, "HEAD", page::file))
            .add("/page.json", Map.of("GET", page::settings, "HEAD", page::settings))
            .add("/v1/images", Map.of("POST", images::create))
            .add("/v1/images:generate", Map.of("POST", content::generate))
            .add(
                "/v1/images/{key}",
                Map.of("GET", images::metadata, "HEAD", images::metadata, "DELETE", images::delete))
            .add(
                "/v1/images/{key}/content", Map.of("GET", content::download, "HEAD", content::head))
            .add("/v1/images/{key}/events", Map.of("GET", events::watch))
            .add("/v1/images/{key}/socket", Map.of("GET", sockets::open))
            .add("/v1/uploads/{token}:complete", Map.of("POST", uploads::complete))
            .add("/v1/uploads/{token}", Map.of("PATCH", uploads::write))
            .add("/healthz", Map.of("GET", health::alive, "HEAD", health::alive))
            .add("/readyz", Map.of("GET", health::ready, "HEAD", health::ready))
            .add("/openapi.json", contract.openApi())
            .add("/docs", contract.docs())
            .add("/docs/{file}", contract.docsFiles());

    var http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setIdleTimeout(stallTimeout.toMillis()); // while there is a request
    http.setHttpCompliance(TARGET_WINS);
    http.addCustomizer(new AnnouncedClose());
    var http1 = new HttpConnectionFactory(http);
    http1.setInputBufferSize(INPUT_BUFFER_BYTES);
    var http2 = new H2cConnectionFactory(http, limits, refusals);
    http2.setInputBufferSize(INPUT_BUFFER_BYTES); // it may begin with what HTTP/1.1 has read
    var connector =
        new EventLoopConnector(
            server, loops, stallTimeout, limits, refusals, relays::end, http1, http2);
    connector.setHost(address.getHostString());
    connector.setPort(address.getPort());
    connector.setAcceptedSendBufferSize(SEND_BUFFER_BYTES);
    server.addConnector(connector);
    server.setHandler(
        new RequestLimiter(
            limits.maxRequests(),
            new TrustedProxies(limits.trustedProxies()),
            new RequestChecks(hosts, refusals),
            bodies,
            refusals,
            origins.handler(new DrainingHandler(routes))));
    server.setErrorHandler(new ProblemErrorHandler(bodies));
    try {
      server.start();
    } catch (Exception e) {
      server.stop(); // the threads
      heartbeats.close();
      throw e;
    }
    loops.of(0).repeat(BodyReception.SWEEP_INTERVAL, bodies::sweep);
    return new HttpServer(server, connector, routes, health, events, sockets, heartbeats, refusals);
  }

  /** The port it listens on. */
  public int port() {
    return connector.getLocalPort();
  }

  /** What it has refused. */
  public RefusalCounters refusals() {
    return refusals;
  }

  /** All that it serves, each {@code METHOD path}. */
  public List<String> operations() {
    return routes.operations();
  }

  /** Says "not ready" from now on. */
  public void drain() {
    health.drain();
  }

  /** Takes no more requests, waits at most {@code grace} for those that run, and ends. */
  public void close(Duration grace) throws Exception {
    drain();
    events.drain();
    long deadlineNanos = System.nanoTime() + grace.toNanos();
    connector.shutdown(); // takes no more
    sockets.awaitOver(grace); // which are no requests any more, so the server does not
    server.setStopTimeout(
        Math.max(0, TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime())));
    server.stop();
    heartbeats.close();
  }
}
