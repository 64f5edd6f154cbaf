package dev.coatcheck.cli.hostile.corpus;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What comes back over a connection of HTTP/1.1 on which anything was sent. */
final class Answers {

  /** No body that a gateway or a proxy sends here has such words in it. */
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([2-5][0-9]{2}) ");

  private static final int PATIENCE_MILLIS = 5000;

  private Answers() {}

  /** Sends all of it at once, and reads until the connection is closed; or "waits" for more. */
  static String to(InetSocketAddress address, byte[] request) throws IOException {
    var received = new ByteArrayOutputStream();
    try (Socket socket = new Socket()) {
      socket.connect(address, PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      InputStream in = socket.getInputStream();
      try {
        socket.getOutputStream().write(request);
        in.transferTo(received);
      } catch (SocketTimeoutException e) {
        return (statuses(received) + " waits").strip();
      } catch (IOException e) {
        // It was reset, since the server had not read all; what has come before counts.
      }
    }
    return statuses(received);
  }

  private static String statuses(ByteArrayOutputStream received) {
    return statuses(received.toString(StandardCharsets.ISO_8859_1))
        .collect(Collectors.joining(" "));
  }

  /** The status of each answer but the interim ones. */
  static Stream<String> statuses(String received) {
    return STATUS.matcher(received).results().map((MatchResult found) -> found.group(1));
  }
}
