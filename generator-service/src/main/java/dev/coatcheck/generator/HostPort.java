package dev.coatcheck.generator;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Where something listens, or is reached.
 *
 * @param host a name or an address; an IPv6 address without brackets
 * @param port 0 for a free one
 */
record HostPort(String host, int port) {

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
    try {
      int port = Integer.parseInt(value.substring(colon + 1));
      return host.isEmpty() || port < 0 || port > 65535
          ? Optional.empty()
          : Optional.of(new HostPort(host, port));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
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
