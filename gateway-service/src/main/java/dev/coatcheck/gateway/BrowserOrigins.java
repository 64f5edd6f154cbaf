package dev.coatcheck.gateway;

import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The origins (RFC 6454) whose pages may call a gateway, as browsers write them. */
final class BrowserOrigins {

  static final String EXPECTED =
      "https://host,http://host:port, each named: with * any page on the web could have images made";

  private BrowserOrigins() {}

  /**
   * The origins of {@code text}, parted by commas.
   *
   * @throws IllegalArgumentException if one of them is no scheme, host and perhaps port
   */
  static Set<String> parse(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(origin -> origin(origin.strip().toLowerCase(Locale.ROOT)))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static String origin(String text) {
    URI uri = URI.create(text);
    String scheme = uri.getScheme();
    if (!("http".equals(scheme) || "https".equals(scheme)) || uri.getHost() == null) {
      throw new IllegalArgumentException("no origin");
    }
    boolean usual = uri.getPort() == ("http".equals(scheme) ? 80 : 443); // which browsers leave out
    String port = uri.getPort() < 0 || usual ? "" : ":" + uri.getPort();
    String origin = scheme + "://" + uri.getHost() + port;
    if (!text.equals(usual ? origin + ":" + uri.getPort() : origin) || uri.getPort() > 65_535) {
      throw new IllegalArgumentException("more than an origin");
    }
    return origin;
  }
}
