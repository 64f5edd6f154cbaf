package dev.coatcheck.gateway.routing;

import dev.coatcheck.kit.grpc.DnsTarget;
import java.util.Arrays;
import java.util.List;

/** Where the generators are found: the setting {@code COATCHECK_GENERATORS}. */
public sealed interface Discovery {

  /** Always the same addresses, each {@code host:port}. */
  record Fixed(List<String> addresses) implements Discovery {
    public Fixed {
      addresses = List.copyOf(addresses);
    }
  }

  /**
   * Whatever {@code target}, {@code dns:///host:port}, resolves to; each address is a generator.
   */
  record Dns(String target) implements Discovery {}

  /** What {@link #parse} takes. */
  String EXPECTED = "host:port,host:port or static:///host:port,host:port or dns:///host:port";

  /**
   * Reads the setting.
   *
   * @throws IllegalArgumentException if it is none of {@link #EXPECTED}
   */
  static Discovery parse(String text) {
    if (text.startsWith(DnsTarget.SCHEME)) {
      String address = text.substring(DnsTarget.SCHEME.length());
      requireAddress(address);
      return new Dns(text);
    }
    String list = text.startsWith("static:///") ? text.substring("static:///".length()) : text;
    List<String> addresses = Arrays.stream(list.split(",", -1)).map(String::strip).toList();
    addresses.forEach(Discovery::requireAddress);
    return new Fixed(addresses.stream().distinct().toList());
  }

  private static void requireAddress(String address) {
    if (!DnsTarget.isAddress(address)) {
      throw new IllegalArgumentException("not an address: " + address);
    }
  }
}
