package dev.coatcheck.cli;

import dev.coatcheck.contract.IoReason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How big a local fleet is, and where it can be reached.
 *
 * @param generators how many
 * @param gateways how many
 * @param httpPort of gateway 1; gateway n has the n - 1 next
 * @param grpcPort of gateway 1; gateway n has the n - 1 next
 */
record FleetPlan(int generators, int gateways, int httpPort, int grpcPort) {

  /** A fleet on a laptop is nobody else's business. */
  static final String LOOPBACK = "127.0.0.1";

  private static final int MOST = 64;

  FleetPlan {
    requireRange("--generators", generators, 1, MOST);
    requireRange("--gateways", gateways, 1, MOST);
    requireRange("--http", httpPort, 1, 65536 - gateways);
    requireRange("--grpc", grpcPort, 1, 65536 - gateways);
    if (Math.abs(httpPort - grpcPort) < gateways) {
      throw new IllegalArgumentException(
          "--grpc: %d (expected: %d ports that are not those from --http %d on)"
              .formatted(grpcPort, gateways, httpPort));
    }
  }

  private static void requireRange(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s: %d (expected: %d to %d)".formatted(option, value, least, most));
    }
  }

  /** Where gateway {@code number}, counted from 1, speaks HTTP. */
  String http(int number) {
    return LOOPBACK + ":" + (httpPort + number - 1);
  }

  /** Where gateway {@code number}, counted from 1, speaks gRPC. */
  String grpc(int number) {
    return LOOPBACK + ":" + (grpcPort + number - 1);
  }

  /** The gateways' pages, as browsers call their origins, with commas between them. */
  String origins() {
    return IntStream.range(httpPort, httpPort + gateways)
        .boxed()
        .flatMap(port -> Stream.of("http://" + LOOPBACK + ":" + port, "http://localhost:" + port))
        .collect(Collectors.joining(","));
  }

  /**
   * Looks whether the gateways' ports are free, before anything is started.
   *
   * @throws Failure which names the one that is not
   */
  void requireFreePorts() throws Failure {
    for (int n = 0; n < gateways; n++) {
      requireFree(httpPort + n, "--http");
      requireFree(grpcPort + n, "--grpc");
    }
  }

  private static void requireFree(int port, String option) throws Failure {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new Failure(
          "port %d cannot be used: %s (end what listens there, or choose another by %s)"
              .formatted(port, IoReason.of(e), option),
          e);
    }
  }

  /**
   * Free addresses, for processes whose address must be known before they run: generators name each
   * other, and what is started again listens where it did.
   *
   * @throws Failure if there are not so many
   */
  static List<String> freeAddresses(int count) throws Failure {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      List<String> addresses =
          held.stream().map(socket -> LOOPBACK + ":" + socket.getLocalPort()).toList();
      for (ServerSocket socket : held) {
        socket.close();
      }
      return addresses;
    } catch (IOException e) {
      throw new Failure("no " + count + " free ports: " + IoReason.of(e), e);
    }
  }

  /** What gateways and generators are told of where the generators are. */
  static String generatorsAt(List<String> addresses) {
    return "static:///" + String.join(",", addresses);
  }
}
