package dev.coatcheck.generator;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.util.Comparator;
import java.util.Optional;

/** Finds the address that goes into keys, before anything listens. */
final class Addresses {

  private Addresses() {}

  /**
   * Where gateways reach the generator: as set, or what it listens on, or this host's first
   * non-loopback address when it listens on all.
   */
  static HostPort advertised(GeneratorConfig config) throws IOException {
    HostPort listen = config.listen();
    int port = listen.port() == 0 ? freePort(listen.host()) : listen.port();
    if (config.advertise().isPresent()) {
      HostPort advertise = config.advertise().get();
      return advertise.port() == 0 ? advertise.withPort(port) : advertise;
    }
    boolean all = InetAddress.getByName(listen.host()).isAnyLocalAddress();
    return new HostPort(all ? ownAddress().orElse("127.0.0.1") : listen.host(), port);
  }

  private static int freePort(String host) throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
      return socket.getLocalPort();
    }
  }

  /** An IPv4 address where there is one; an IPv6 address without a zone otherwise. */
  private static Optional<String> ownAddress() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
        .min(Comparator.comparing(address -> !(address instanceof Inet4Address)))
        .map(address -> address.getHostAddress().replaceFirst("%.*", ""));
  }
}
