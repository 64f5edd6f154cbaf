package dev.coatcheck.kit.limits;

import java.time.Duration;
import java.util.List;

/**
 * The settings of the limits that the ports of both services have.
 *
 * @param connections {@code COATCHECK_CONNECTIONS}: of a port, at once
 * @param connectionsPerAddress {@code COATCHECK_CONNECTIONS_PER_ADDRESS}: of these, from one
 *     address
 * @param trustedProxies {@code COATCHECK_TRUSTED_PROXIES}: addresses without that limit, whose word
 *     on their clients is taken
 * @param streams {@code COATCHECK_STREAMS}: of one HTTP/2 connection, at once
 * @param calls {@code COATCHECK_CALLS}: of a port, at once
 * @param bodyTimeout {@code COATCHECK_BODY_TIMEOUT}: for a request body, or a message
 * @param http2Events {@code COATCHECK_HTTP2_EVENTS}: control frames of a connection, a second
 */
public record PortSettings(
    int connections,
    int connectionsPerAddress,
    List<AddressRange> trustedProxies,
    int streams,
    int calls,
    Duration bodyTimeout,
    int http2Events) {

  /**
   * Exempt where no proxy is named, since one may be on the same host. Its word is not taken for
   * that: a browser there calls from the same address, with the headers that any page sets.
   */
  private static final List<AddressRange> LOOPBACK =
      List.of(AddressRange.parse("127.0.0.1"), AddressRange.parse("::1"));

  /** Of a port that anybody may reach. */
  public static final PortSettings PUBLIC_DEFAULTS =
      new PortSettings(10_000, 256, List.of(), 100, 8192, Duration.ofSeconds(15), 512);

  /**
   * Of a port that gateways reach: each has two connections for each of its cores, and as many
   * streams as its memory has room for readers (1,536 with its usual flags). A connection that is
   * idle takes 8 KiB of the heap, which is small there (128 MiB for two ports).
   */
  public static final PortSettings FLEET_DEFAULTS =
      new PortSettings(2048, 1024, List.of(), 4096, 8192, Duration.ofSeconds(15), 8192);

  public PortSettings {
    trustedProxies = List.copyOf(trustedProxies);
  }

  /** Reads settings by name; what is wrong is kept for later, and the default read instead. */
  public interface Reader {

    /** A whole number above 0. */
    int count(String name, int orElse);

    /** A time above 0. */
    Duration time(String name, Duration orElse);

    /** What {@link AddressRange#parseAll} takes. */
    List<AddressRange> addresses(String name, List<AddressRange> orElse);
  }

  /** Reads them. */
  public static PortSettings read(Reader reader, PortSettings defaults) {
    return new PortSettings(
        reader.count("COATCHECK_CONNECTIONS", defaults.connections),
        reader.count("COATCHECK_CONNECTIONS_PER_ADDRESS", defaults.connectionsPerAddress),
        reader.addresses("COATCHECK_TRUSTED_PROXIES", defaults.trustedProxies),
        reader.count("COATCHECK_STREAMS", defaults.streams),
        reader.count("COATCHECK_CALLS", defaults.calls),
        reader.time("COATCHECK_BODY_TIMEOUT", defaults.bodyTimeout),
        reader.count("COATCHECK_HTTP2_EVENTS", defaults.http2Events));
  }

  /** Of each of {@code ports} ports that share the descriptors of the process. */
  public ConnectionLimits connectionLimits(int ports) {
    return new ConnectionLimits(
            connections,
            connectionsPerAddress,
            trustedProxies.isEmpty() ? LOOPBACK : trustedProxies)
        .withinDescriptors(ports);
  }
}
