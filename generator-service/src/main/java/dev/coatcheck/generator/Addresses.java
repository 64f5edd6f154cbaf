package dev.coatcheck.generator;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the address that goes into keys, before anything listens. */
final class Addresses {

  private Addresses() {}

  /**
   * Where gateways reach the generator: as set, or what it listens on, or this host's own address
   * when it listens on all.
   */
  static HostPort advertised(GeneratorConfig config) throws IOException {
    HostPort listen = config.listen();
    int port = listen.port() == 0 ? freePort(listen.host()) : listen.port();
    if (config.advertise().isPresent()) {
      HostPort advertise = config.advertise().get();
      return advertise.port() == 0 ? advertise.withPort(port) : advertise;
    }
    boolean all = InetAddress.getByName(listen.host()).isAnyLocalAddress();
    return new HostPort(all ? ownAddress() : listen.host(), port);
  }

  private static int freePort(String host) throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
      return socket.getLocalPort();
    }
  }

  private static String ownAddress() throws IOException {
    return preferred(NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses))
        .orElse("127.0.0.1");
  }

  /**
   * The one of a host's addresses by which others reach it: not of the loopback where there is
   * another, IPv4 where it has both, and without a zone, which means nothing to others.
   */
  static Optional<String> preferred(Stream<InetAddress> addresses) {
    return addresses
        .filter(address -> !address.isLinkLocalAddress())
        .min(
            Comparator.comparing(InetAddress::isLoopbackAddress)
                .thenComparing(address -> !(address instanceof Inet4Address)))
        .map(address -> address.getHostAddress().replaceFirst("%.*", ""));
  }
}
