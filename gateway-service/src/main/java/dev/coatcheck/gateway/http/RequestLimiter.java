package dev.coatcheck.gateway.http;

import dev.coatcheck.kit.limits.Refusal;
import dev.coatcheck.kit.limits.RefusalCounters;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The first handler of a request: tells its connection that the head is complete, sees the request
 * as its client has sent it, refuses what {@link RequestChecks} find, and what is more than may be
 * served at once.
 *
 * <p><b>Threading:</b> any thread; nothing blocks.
 */
final class RequestLimiter extends Handler.Wrapper {

  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

  /** Which a busy gateway has to answer, or it is restarted. */
  private static final Set<String> PROBES = Set.of("/healthz", "/readyz");

  private final int maxRequests;
  private final TrustedProxies proxies;
  private final RequestChecks checks;
  private final BodyReception bodies;
  private final RefusalCounters refusals;

  // state, any thread
  private final AtomicInteger running = new AtomicInteger();

  RequestLimiter(
      int maxRequests,
      TrustedProxies proxies,
      RequestChecks checks,
      BodyReception bodies,
      RefusalCounters refusals,
      Handler next) {
    super(next);
    this.maxRequests = maxRequests;
    this.proxies = proxies;
    this.checks = checks;
    this.bodies = bodies;
    this.refusals = refusals;
  }

  @Override
  public boolean handle(Request received, Response response, Callback callback) throws Exception {
    headComplete(received);
    if (RequestChecks.isFramingFaulty(received)) {
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
    Request request;
    try {
      request = proxies.asSent(received);
    } catch (ProblemException refused) {
      new Exchange(received, response, callback, bodies).sendProblem(refused.problem());
      return true;
    }
    Optional<Problem> problem = checks.check(request);
    if (problem.isPresent()) {
      new Exchange(request, response, callback, bodies).sendProblem(problem.get());
      return true;
    }
    if (!tryBegin(request)) {
      var exchange = new Exchange(request, response, callback, bodies);
      if (!SseRequest.sendRetry(exchange, tooMany())) {
        exchange.sendProblem(tooMany());
      }
      return true;
    }
    return super.handle(request, response, callback);
  }

  private boolean tryBegin(Request request) {
    if (running.incrementAndGet() > maxRequests
        && !PROBES.contains(Request.getPathInContext(request))) {
      running.decrementAndGet();
      refusals.count(Refusal.CALL_LIMIT);
      return false;
    }
    Request.addCompletionListener(request, _ -> running.decrementAndGet());
    return true;
  }

  /** Over HTTP/2 there is always a next head, whose time is that of its frames. */
  private static void headComplete(Request request) {
    if (request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2
        && request.getConnectionMetaData().getConnection().getEndPoint()
            instanceof EventLoopEndPoint endPoint) {
      endPoint.headComplete();
      Request.addCompletionListener(request, _ -> endPoint.headExpected());
    }
  }

  private static Problem tooMany() {
    return Problem.exhausted(
        HttpStatus.SERVICE_UNAVAILABLE_503,
        "as many requests are being served as may be",
        RETRY_DELAY);
  }
}
