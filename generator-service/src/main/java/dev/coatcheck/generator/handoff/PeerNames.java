package dev.coatcheck.generator.handoff;

import dev.coatcheck.kit.grpc.DnsTarget;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the other generators are found: {@code COATCHECK_PEERS}. This generator may be among them.
 *
 * @param dns true when each of {@code hosts}' addresses is a generator
 * @param hosts {@code host:port} each, where an IPv6 host stands in brackets; may be empty
 */
public record PeerNames(boolean dns, List<String> hosts) {

  /** There are none. */
  public static final PeerNames NONE = new PeerNames(false, List.of());

  /** What {@link #parse} takes. */
  public static final String EXPECTED =
      "host:port,host:port or static:///host:port,host:port or dns:///host:port";

  private static final String DNS = "dns:///";
  private static final String STATIC = "static:///";

  public PeerNames {
    hosts = List.copyOf(hosts);
  }

  /** Reads the setting; empty when it is none of {@link #EXPECTED}. */
  public static Optional<PeerNames> parse(String text) {
    boolean dns = text.startsWith(DNS);
    String list =
        dns
            ? text.substring(DNS.length())
            : text.startsWith(STATIC) ? text.substring(STATIC.length()) : text;
    List<String> hosts =
        dns ? List.of(list) : Arrays.stream(list.split(",", -1)).map(String::strip).toList();
    return hosts.stream().allMatch(DnsTarget::isAddress)
        ? Optional.of(new PeerNames(dns, hosts.stream().distinct().toList()))
        : Optional.empty();
  }

  /** The addresses, {@code host:port} each. Blocks while a name is looked up. */
  List<String> resolve() throws UnknownHostException {
    if (!dns) {
      return hosts;
    }
    int colon = hosts.getFirst().lastIndexOf(':');
    String name = hosts.getFirst().substring(0, colon);
    String port = hosts.getFirst().substring(colon);
    return Stream.of(InetAddress.getAllByName(name.replaceAll("[\\[\\]]", "")))
        .map(InetAddress::getHostAddress)
        .map(host -> (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + port)
        .distinct()
        .toList();
  }
}
