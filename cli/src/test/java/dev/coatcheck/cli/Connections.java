package dev.coatcheck.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** The TCP connections that the kernel has, as it lists them. */
final class Connections {

  /** A line's columns: its number, the local address, the remote one, the state. */
  private static final int LOCAL = 1;

  private static final int STATE = 3;
  private static final String ESTABLISHED = "01";

  private Connections() {}

  /** How many stand at the side of whoever listens on these ports. */
  static int to(Set<Integer> ports) {
    return count("tcp", ports) + count("tcp6", ports);
  }

  private static int count(String table, Set<Integer> ports) {
    try {
      return (int)
          Files.readAllLines(Path.of("/proc/self/net", table)).stream()
              .skip(1)
              .map(line -> line.strip().split("\\s+", -1))
              .filter(columns -> columns[STATE].equals(ESTABLISHED))
              .filter(columns -> ports.contains(port(columns[LOCAL])))
              .count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
  }
}
