package dev.coatcheck.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a table was made on, as far as figures depend on it. */
final class Machine {

  private static final Path CONGESTION_CONTROL =
      Path.of("/proc/sys/net/ipv4/tcp_congestion_control");

  private Machine() {}

  /** One line. */
  static String description() {
    return "%d processors, %s %s, TCP with %s, JDK %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            congestionControl(),
            Runtime.version().feature());
  }

  private static String congestionControl() {
    try {
      return Files.readString(CONGESTION_CONTROL).strip();
    } catch (IOException e) {
      return "a congestion control that this system does not tell";
    }
  }
}
