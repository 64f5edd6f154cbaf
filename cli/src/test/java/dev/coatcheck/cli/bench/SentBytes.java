package dev.coatcheck.cli.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the kernel has sent on the connections of a port, by {@code ss}: neither what the process
 * has in its own buffers nor what waits in the socket's.
 */
final class SentBytes {

  private static final Pattern SENT = Pattern.compile("\\bbytes_sent:([0-9]+)");

  private SentBytes() {}

  static long from(int port) throws IOException, InterruptedException {
    Process ss;
    try {
      ss =
          new ProcessBuilder("ss", "-tinH", "state", "established", "sport", "=", ":" + port)
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      throw new IOException("no ss here (expected: Debian's package iproute2)", e);
    }
    String told = new String(ss.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (ss.waitFor() != 0) {
      throw new IOException("ss: " + told);
    }
    long sum = 0;
    Matcher sent = SENT.matcher(told);
    while (sent.find()) {
      sum += Long.parseLong(sent.group(1));
    }
    return sum;
  }
}
