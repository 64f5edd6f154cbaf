package dev.coatcheck.generator;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.List;
import java.util.stream.Stream;

/** The name {@value #NAME}, with A and AAAA records; all others are looked up as ever. */
public final class TwoStackName extends InetAddressResolverProvider {

  static final String NAME = "two-stacks.test";

  /** What it stands for. */
  static final List<String> ADDRESSES = List.of("127.0.0.1", "::1", "127.0.0.2");

  @Override
  public InetAddressResolver get(Configuration configuration) {
    InetAddressResolver others = configuration.builtinResolver();
    return new InetAddressResolver() {
      @Override
      public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
          throws UnknownHostException {
        return host.equals(NAME)
            ? ADDRESSES.stream().map(TwoStackName::literal)
            : others.lookupByName(host, policy);
      }

      @Override
      public String lookupByAddress(byte[] address) throws UnknownHostException {
        return others.lookupByAddress(address);
      }
    };
  }

  private static InetAddress literal(String address) {
    return InetAddress.ofLiteral(address);
  }

  @Override
  public String name() {
    return NAME;
  }
}
