package dev.coatcheck.kit.grpc;

/**
 * A target of gRPC's DNS resolver (gRPC's naming document): a URI whose path is the address, in
 * which the brackets around an IPv6 address have to be percent-encoded (RFC 3986, 3.3).
 */
public final class DnsTarget {

  /** What each begins with. */
  public static final String SCHEME = "dns:///";

  private DnsTarget() {}

  /** The target for {@code address}, {@code host:port}, where an IPv6 host stands in brackets. */
  public static String of(String address) {
    return encode(SCHEME + address);
  }

  /** A target as people write it, with brackets, as a URI has it. */
  public static String encode(String target) {
    return target.replace("[", "%5B").replace("]", "%5D");
  }
}
