package dev.coatcheck.gateway.http;

import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.kit.limits.AddressRange;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;

/**
 * The proxies whose word is taken on who their clients are and what these asked for: by {@code
 * Forwarded} (RFC 7239) or else by {@code X-Forwarded-For}, {@code -Proto}, {@code -Host} and
 * {@code -Port}, and by {@code X-Forwarded-Prefix}. Of anybody else they say nothing.
 *
 * <p>Jetty's own {@code ForwardedRequestCustomizer} takes everybody's word, and the first element,
 * which is the client's own wherever a proxy appends to what it was sent.
 *
 * @param ranges their addresses
 */
record TrustedProxies(List<AddressRange> ranges) {

  private static final String PREFIX = "X-Forwarded-Prefix";
  private static final int MAX_PREFIX = 256;
  private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._~!$&'()*+=:@%-]+)*");
  private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");

  TrustedProxies {
    ranges = List.copyOf(ranges);
  }

  /**
   * The request as its client has sent it.
   *
   * @throws ProblemException 400 if a trusted proxy passes on what nobody can understand
   */
  Request asSent(Request received) throws ProblemException {
    if (ranges.isEmpty()
        || !(received.getConnectionMetaData().getRemoteSocketAddress()
            instanceof InetSocketAddress peer)
        || !isTrusted(peer.getAddress())) {
      return received;
    }
    HttpFields headers = received.getHeaders();
    List<String> forwarded = headers.getValuesList(ForwardedField.NAME);
    ForwardedElement said =
        forwarded.isEmpty()
            ? outermost(unofficial(headers, received))
            : outermost(ForwardedField.parse(String.join(",", forwarded)));
    return new ForwardedRequest(received, said, prefix(headers));
  }

  private boolean isTrusted(InetAddress address) {
    return ranges.stream().anyMatch(range -> range.contains(address));
  }

  /**
   * What the outermost trusted proxy says: the last element is of the one that has called us, the
   * one before it of its client, and so on, as long as that is a trusted proxy. What the request
   * was for may be said by the next one alone, to which a proxy passes Host on.
   */
  private ForwardedElement outermost(List<ForwardedElement> elements) {
    ForwardedElement said = ForwardedElement.NOTHING;
    for (ForwardedElement element : elements.reversed()) {
      said = element.orAuthorityOf(said);
      if (!said.client().map(this::isTrusted).orElse(false)) {
        break;
      }
    }
    return said;
  }

  /**
   * {@code X-Forwarded-*} as elements. Of a list that is not one of all proxies the last counts.
   */
  private static List<ForwardedElement> unofficial(HttpFields headers, Request received)
      throws ProblemException {
    List<String> clients = list(headers, "X-Forwarded-For");
    List<String> schemes = list(headers, "X-Forwarded-Proto");
    List<String> hosts = list(headers, "X-Forwarded-Host");
    List<String> ports = list(headers, "X-Forwarded-Port");
    int count = Math.max(1, clients.size());
    List<ForwardedElement> elements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Optional<String> scheme = at(schemes, i, count);
      Optional<String> host = at(hosts, i, count);
      Optional<String> port = at(ports, i, count).filter(text -> PORT.matcher(text).matches());
      Optional<Authority> authority =
          host.isPresent()
              ? Optional.of(authority("X-Forwarded-Host", host.get()))
              : port.flatMap(_ -> Optional.ofNullable(received.getHttpURI().getAuthority()))
                  .flatMap(Authority::parse);
      elements.add(
          new ForwardedElement(
              i < clients.size() ? ForwardedField.address(clients.get(i)) : Optional.empty(),
              scheme.isPresent()
                  ? Optional.of(scheme("X-Forwarded-Proto", scheme.get()))
                  : Optional.empty(),
              authority.map(said -> said.orPort(port.map(Integer::parseInt).orElse(0)))));
    }
    return elements;
  }

  private static Optional<String> at(List<String> list, int index, int count) {
    if (list.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(list.size() == count ? list.get(index) : list.getLast());
  }

  private static List<String> list(HttpFields headers, String name) {
    return ListField.membersOf(headers, name);
  }

  /** Each proxy adds what it has taken; the outermost has taken the first. */
  static String prefix(HttpFields headers) throws ProblemException {
    var prefix = new StringBuilder();
    for (String taken : list(headers, PREFIX)) {
      String path = taken.endsWith("/") ? taken.substring(0, taken.length() - 1) : taken;
      prefix.append(path);
      if (prefix.length() > MAX_PREFIX
          || !PATH.matcher(path).matches()
          || RequestChecks.isAmbiguous(path)) {
        throw malformed(PREFIX, taken, "a path such as /images, of 256 characters at most");
      }
    }
    return prefix.toString();
  }

  /** {@code http} or {@code https}, also of a WebSocket. */
  static String scheme(String field, String text) throws ProblemException {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "http", "ws" -> "http";
      case "https", "wss" -> "https";
      default -> throw malformed(field, text, "http or https");
    };
  }

  static Authority authority(String field, String text) throws ProblemException {
    Optional<Authority> authority = Authority.parse(text);
    if (authority.isEmpty()) {
      throw malformed(field, text, "a host, and perhaps a port");
    }
    return authority.get();
  }

  static ProblemException malformed(String field, String value, String expected) {
    return new ProblemException(
        Problem.invalid(
            HttpStatus.BAD_REQUEST_400,
            field,
            field + ": " + UntrustedText.quote(value) + " (expected: " + expected + ")"));
  }
}
