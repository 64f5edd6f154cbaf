package dev.coatcheck.generator.lambda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/** The kernel's timers of connections to a port of this host, from {@code /proc/net/tcp}. */
public final class KeepAliveTimers {

  private static final int REMOTE = 2;
  private static final int TIMER = 5;
  private static final String OF_KEEP_ALIVE = "02:";
  private static final double JIFFIES_PER_SECOND = 100;

  private KeepAliveTimers() {}

  /** Until the next probe of a connection to {@code port}; -1 where there will be none. */
  public static double secondsOfConnectionTo(int port) throws IOException {
    String remote = String.format(Locale.ROOT, "0100007F:%04X", port);
    try (Stream<String> v4 = Files.lines(Path.of("/proc/net/tcp"));
        Stream<String> v6 = Files.lines(Path.of("/proc/net/tcp6"))) {
      return Stream.concat(v4, v6)
          .map(line -> line.strip().split("\\s+"))
          .filter(
              fields -> fields[REMOTE].endsWith(remote) && fields[TIMER].startsWith(OF_KEEP_ALIVE))
          .mapToDouble(fields ->
              Long.parseLong(fields[TIMER].substring(OF_KEEP_ALIVE.length()), 16)
                  / JIFFIES_PER_SECOND)
          .findFirst()
          .orElse(-1);
    }
  }
}
