package dev.coatcheck.gateway.http;

import dev.coatcheck.contract.UntrustedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Sends each request to its resource: by path, then by method. A path is literal but for at most
 * one variable such as {@code {key}}, which is any one segment.
 */
final class Routes extends Handler.Abstract.NonBlocking {

  private static final Pattern VARIABLE = Pattern.compile("\\{[a-z]+}");

  private static final Set<String> SAFE_METHODS =
      Set.of(HttpMethod.GET.asString(), HttpMethod.HEAD.asString());

  private record Route(String template, Pattern path, Map<String, Resource> methods) {}

  private final BodyReception bodies;
  private final List<Route> routes = new ArrayList<>();

  Routes(BodyReception bodies) {
    this.bodies = bodies;
  }

  /** Adds a route, which goes before those that are added later; {@code methods} by method name. */
  Routes add(String path, Map<String, Resource> methods) {
    String pattern = VARIABLE.matcher(Pattern.quote(path)).replaceAll("\\\\E([^/]+)\\\\Q");
    routes.add(new Route(path, Pattern.compile(pattern), new TreeMap<>(methods)));
    return this;
  }

  /** All that there is, each {@code METHOD path}. */
  List<String> operations() {
    return routes.stream()
        .flatMap(
            route -> route.methods.keySet().stream().map(method -> method + " " + route.template))
        .toList();
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    var headers = response.getHeaders();
    headers.put(HttpHeader.CACHE_CONTROL, "no-store");
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("Referrer-Policy", "no-referrer"); // a path may have a key or a token in it
    var exchange = new Exchange(request, response, callback, bodies);
    try {
      if (!isPickup(request)) {
        exchange.settleEarlier();
      }
      route(exchange, Request.getPathInContext(request));
    } catch (ProblemException refused) {
      exchange.sendProblem(refused.problem());
    }
    return true;
  }

  private void route(Exchange exchange, String path) throws ProblemException {
    for (Route route : routes) {
      Matcher matcher = route.path.matcher(path);
      if (!matcher.matches()) {
        continue;
      }
      String method = exchange.request().getMethod();
      Resource resource = route.methods.get(method);
      if (resource == null && HttpMethod.OPTIONS.is(method)) {
        sendOptions(exchange, route);
      } else if (resource == null) {
        refuseMethod(exchange, route);
      } else {
        resource.handle(exchange, matcher.groupCount() == 0 ? "" : matcher.group(1));
      }
      return;
    }
    if (isWithSlash(exchange.request().getMethod(), path)) {
      redirectWithoutSlash(exchange);
    } else {
      exchange.sendProblem(
          Problem.invalid(HttpStatus.NOT_FOUND_404, "there is nothing at this path"));
    }
  }

  /**
   * True if there is a page or a document at {@code path} but for the slash at its end. People add
   * one; who has a path with a key in it has it from here.
   */
  private boolean isWithSlash(String method, String path) {
    return path.endsWith("/")
        && routes.stream()
            .anyMatch(route ->
                !VARIABLE.matcher(route.template).find()
                    && route.methods.containsKey(method)
                    && SAFE_METHODS.contains(method)
                    && route.path.matcher(path.substring(0, path.length() - 1)).matches());
  }

  /**
   * To the one path that each resource has. By a relative reference (RFC 9110, 10.2.2), which holds
   * behind a proxy that serves this under a prefix, too.
   */
  private static void redirectWithoutSlash(Exchange exchange) {
    HttpURI target = exchange.request().getHttpURI();
    String path = target.getPath(); // as it was sent
    String last = path.substring(path.lastIndexOf('/', path.length() - 2) + 1, path.length() - 1);
    String query = target.getQuery() == null ? "" : "?" + target.getQuery();
    exchange.response().getHeaders().put(HttpHeader.LOCATION, "../" + last + query);
    exchange.sendEmpty(HttpStatus.PERMANENT_REDIRECT_308);
  }

  /** As the health checks of some proxies ask (RFC 9110, 9.3.7). */
  private static void sendOptions(Exchange exchange, Route route) {
    Set<String> allowed = new TreeSet<>(route.methods.keySet());
    allowed.add(HttpMethod.OPTIONS.asString());
    exchange.response().getHeaders().put(HttpHeader.ALLOW, String.join(", ", allowed));
    exchange.sendEmpty(HttpStatus.NO_CONTENT_204);
  }

  /** A pickup waits at the generator for what is not settled, if it is of the same image. */
  private static boolean isPickup(Request request) {
    return HttpMethod.GET.is(request.getMethod())
        && Request.getPathInContext(request).endsWith("/content");
  }

  private static void refuseMethod(Exchange exchange, Route route) {
    String allowed = String.join(", ", route.methods.keySet());
    exchange.response().getHeaders().put(HttpHeader.ALLOW, allowed);
    exchange.sendProblem(
        Problem.invalid(
            HttpStatus.METHOD_NOT_ALLOWED_405,
            UntrustedText.clip(exchange.request().getMethod(), UntrustedText.MAX_QUOTED)
                + " (expected: "
                + allowed
                + ")"));
  }
}
