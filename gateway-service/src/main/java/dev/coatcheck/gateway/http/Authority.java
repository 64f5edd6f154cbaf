package dev.coatcheck.gateway.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host and perhaps a port, as in {@code Host} (RFC 9110, 7.2).
 *
 * @param host a name or an address, IPv6 in brackets
 * @param port 0 for the scheme's own
 */
record Authority(String host, int port) {

  private static final int MAX_PORT = 65_535;
  private static final Pattern FORM =
      Pattern.compile("([A-Za-z0-9_.-]{1,255}|\\[[0-9A-Fa-f:.]{2,45}])(?::([0-9]{1,5}))?");

  /** Reads it; empty if it has another form. */
  static Optional<Authority> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int port = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
    return port <= MAX_PORT ? Optional.of(new Authority(matcher.group(1), port)) : Optional.empty();
  }

  /** With {@code other} if it has no port of its own. */
  Authority orPort(int other) {
    return port == 0 ? new Authority(host, other) : this;
  }
}
