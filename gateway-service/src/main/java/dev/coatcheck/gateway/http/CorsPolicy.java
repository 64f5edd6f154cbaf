package dev.coatcheck.gateway.http;

import dev.coatcheck.contract.UntrustedText;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.handler.CrossOriginHandler;

/**
 * The origins whose pages may call this one from a browser, for requests (CORS, the Fetch standard)
 * and for WebSockets, which CORS leaves out. Credentials are not among it: the key is the secret,
 * and the {@code ETag} proves a claim across origins, where the cookie is only for a browser's own
 * reloads.
 */
final class CorsPolicy {

  private static final Pattern ORIGIN =
      Pattern.compile("(?<scheme>https?)://(?<authority>[^/?#@]+)", Pattern.CASE_INSENSITIVE);

  /** At the end of an authority; not the last group of an IPv6 address, which is in brackets. */
  private static final Pattern PORT = Pattern.compile(":[0-9]+$");

  private static final Duration PREFLIGHT_HOLDS = Duration.ofHours(1);

  private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PATCH", "DELETE");

  private static final Set<String> REQUEST_HEADERS =
      Set.of(
          "Accept",
          "Content-Type",
          "Idempotency-Key",
          "If-Match",
          "If-None-Match",
          "If-Range",
          "Last-Event-ID",
          "Prefer",
          "Range",
          "Upload-Crc32c",
          "Upload-Offset",
          "Upload-Writer");

  private static final Set<String> RESPONSE_HEADERS =
      Set.of(
          "Accept-Ranges",
          "Allow",
          "Content-Disposition",
          "Content-Length",
          "Content-Location",
          "Content-Range",
          "ETag",
          "Location",
          "Preference-Applied",
          "Repr-Digest",
          "Retry-After");

  private final Set<String> allowed;

  /** {@code allowed} as browsers write them: {@code https://host}, {@code http://host:port}. */
  CorsPolicy(Set<String> allowed) {
    this.allowed = allowed;
  }

  /**
   * What {@code Cross-Origin-Resource-Policy} (the Fetch standard) says of an image: pages of other
   * origins may show it only if there are some that may call this one.
   */
  String resourcePolicy() {
    return allowed.isEmpty() ? "same-origin" : "cross-origin";
  }

  /** Answers preflights, and lets the pages of the allowed origins see what {@code next} says. */
  Handler handler(Handler next) {
    if (allowed.isEmpty()) {
      return next;
    }
    var cors = new CrossOriginHandler();
    cors.setAllowedOriginPatterns(
        allowed.stream().map(Pattern::quote).collect(Collectors.toUnmodifiableSet()));
    cors.setAllowedMethods(METHODS);
    cors.setAllowedHeaders(REQUEST_HEADERS);
    cors.setExposedHeaders(RESPONSE_HEADERS);
    cors.setAllowCredentials(false);
    cors.setPreflightMaxAge(PREFLIGHT_HOLDS);
    cors.setDeliverPreflightRequests(false);
    cors.setDeliverNonAllowedOriginWebSocketUpgradeRequests(true); // which are refused below
    cors.setHandler(next);
    return cors;
  }

  /**
   * Lets pass who is no browser, this origin's own pages, and those of the allowed ones.
   *
   * @throws ProblemException 403 otherwise
   */
  void requirePermitted(Request request) throws ProblemException {
    String origin = request.getHeaders().get(HttpHeader.ORIGIN);
    if (origin != null && !allowed.contains(origin) && !isOwn(origin, request)) {
      throw new ProblemException(
          Problem.invalid(
              HttpStatus.FORBIDDEN_403,
              "Origin: "
                  + UntrustedText.quote(origin)
                  + ", and the request is for "
                  + UntrustedText.quote(own(request))
                  + " (expected: the same, or one of COATCHECK_CORS_ORIGINS; a proxy has to pass"
                  + " Host on, or to be one of COATCHECK_TRUSTED_PROXIES and say what it was)"));
    }
  }

  private static boolean isOwn(String origin, Request request) {
    String host = request.getHttpURI().getAuthority();
    return host != null
        && isSame(origin, host)
        && ForwardedRequest.schemeOf(request)
            .map(scheme -> origin.regionMatches(true, 0, scheme + ":", 0, scheme.length() + 1))
            .orElse(true);
  }

  /**
   * What the request is for, as far as it is known: its host, behind a proxy perhaps its origin.
   */
  private static String own(Request request) {
    String host = request.getHttpURI().getAuthority();
    String scheme = ForwardedRequest.schemeOf(request).map(said -> said + "://").orElse("");
    return host == null ? "" : scheme + host;
  }

  /**
   * True if {@code origin} is of {@code host}, with the scheme's own port said or not. Whichever
   * scheme it has: who ends TLS before us may pass the host on, and not the scheme.
   */
  static boolean isSame(String origin, String host) {
    Matcher parts = ORIGIN.matcher(origin);
    if (!parts.matches()) {
      return false;
    }
    String ownPort = parts.group("scheme").equalsIgnoreCase("https") ? ":443" : ":80";
    return withPort(parts.group("authority"), ownPort).equals(withPort(host, ownPort));
  }

  private static String withPort(String authority, String port) {
    String known = authority.toLowerCase(Locale.ROOT);
    return PORT.matcher(known).find() ? known : known + port;
  }
}
