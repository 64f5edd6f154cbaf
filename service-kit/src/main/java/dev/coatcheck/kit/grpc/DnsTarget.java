package dev.coatcheck.kit.grpc;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * A target of gRPC's DNS resolver (gRPC's naming document): a URI whose path is the address, in
 * which the brackets around an IPv6 address, and the percent sign before its zone, have to be
 * percent-encoded (RFC 3986, 3.3).
 */
public final class DnsTarget {

  /** What each begins with. */
  public static final String SCHEME = "dns:///";

  private static final int MAX_PORT = 65535;

  private DnsTarget() {}

  /**
   * True when gRPC can resolve {@code address}, {@code host:port}: the host is a name, of letters,
   * digits and hyphens, whose last label begins with a letter, or an IPv4 address, or an IPv6
   * address in brackets (RFC 2396, 3.2.2); the port is not 0.
   */
  public static boolean isAddress(String address) {
    try {
      URI uri = new URI("//" + address);
      return uri.getHost() != null
          && address.equals(uri.getHost() + ":" + uri.getPort())
          && uri.getPort() > 0
          && uri.getPort() <= MAX_PORT;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** The target for {@code address}, {@code host:port}, where an IPv6 host stands in brackets. */
  public static String of(String address) {
    return encode(SCHEME + address);
  }

  /** A target as people write it, with brackets, as a URI has it. */
  public static String encode(String target) {
    return target.replace("%", "%25").replace("[", "%5B").replace("]", "%5D");
  }
}
