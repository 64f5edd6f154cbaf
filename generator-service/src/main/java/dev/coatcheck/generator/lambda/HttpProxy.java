package dev.coatcheck.generator.lambda;

import java.net.URI;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.nio.netty.ProxyConfiguration;

/**
 * The proxy between here and Lambda, for both SDKs. Each would read the environment in another way:
 * the v2's client takes {@code HTTP_PROXY} for https too, and neither has the usual {@code
 * NO_PROXY}. The proxy itself is spoken to without TLS.
 *
 * @param username null where it wants none, as the SDKs have it; so is the password
 */
record HttpProxy(String host, int port, @Nullable String username, @Nullable String password) {

  private static final int DEFAULT_PORT = 80;

  /**
   * That of {@code https.proxyHost} and {@code HTTPS_PROXY}, or {@code http.proxyHost} and {@code
   * HTTP_PROXY} for an http URL; none for what is on this host, or in {@code NO_PROXY} or {@code
   * http.nonProxyHosts}.
   */
  static Optional<HttpProxy> to(URI endpoint) {
    ProxyConfiguration told = ProxyConfiguration.builder().scheme(endpoint.getScheme()).build();
    String host = endpoint.getHost().toLowerCase(Locale.ROOT);
    if (told.host() == null
        || told.host().isEmpty()
        || isLoopback(host)
        || isExcluded(host, told.nonProxyHosts())) {
      return Optional.empty();
    }
    return Optional.of(
        new HttpProxy(
            told.host(),
            told.port() > 0 ? told.port() : DEFAULT_PORT,
            told.username(),
            told.password()));
  }

  /** Without what opens it. */
  @Override
  public String toString() {
    return host + ":" + port;
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
  }

  /**
   * Whether a host is among those that are reached directly: by name, or in a domain, written with
   * a dot before it or without.
   *
   * @param excluded as the SDK gives it, with {@code .*?} for each {@code *}
   */
  static boolean isExcluded(String host, Collection<String> excluded) {
    return excluded.stream()
        .map(String::strip)
        .filter(one -> !one.isEmpty())
        .map(one -> one.startsWith(".") && !one.startsWith(".*") ? one.substring(1) : one)
        .anyMatch(one -> host.equals(one) || host.endsWith("." + one) || isLike(host, one));
  }

  private static boolean isLike(String host, String wildcards) {
    return wildcards.contains(".*?")
        && host.matches(
            Arrays.stream(wildcards.split("\\.\\*\\?", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*")));
  }
}
