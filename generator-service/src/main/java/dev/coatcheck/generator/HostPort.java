package dev.coatcheck.generator;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where something listens, or is reached.
 *
 * @param host a name or an address; an IPv6 address without brackets
 * @param port 0 for a free one
 */
record HostPort(String host, int port) {

  private static final int MAX_PORT = 65535;
  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

  static Optional<HostPort> parse(String value) {
    int colon = value.lastIndexOf(':');
    if (colon <= 0) {
      return Optional.empty();
    }
    String host = value.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      return Optional.empty();
    }
    String digits = value.substring(colon + 1);
    if (host.isEmpty() || !PORT.matcher(digits).matches()) {
      return Optional.empty();
    }
    int port = Integer.parseInt(digits);
    return port > MAX_PORT ? Optional.empty() : Optional.of(new HostPort(host, port));
  }

  InetSocketAddress toSocketAddress() {
    return new InetSocketAddress(host, port);
  }

  HostPort withPort(int other) {
    return new HostPort(host, other);
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
