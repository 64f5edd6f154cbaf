package dev.coatcheck.cli.hostile.corpus;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What comes back over a connection of HTTP/1.1 on which anything was sent.
 *
 * @param received all of it, one character a byte
 * @param open whether the connection stays open
 */
record Answers(String received, boolean open) {

  /** No body that a gateway or a proxy sends here has such words in it. */
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([2-5][0-9]{2}) ");

  /** A frame's type, its flags and stream 0 (RFC 9113, 6.8). */
  private static final Pattern GOAWAY = Pattern.compile("\\x07\\x00\\x00\\x00\\x00\\x00");

  private static final int PATIENCE_MILLIS = 5000;

  /** Sends all of it at once, and reads until the connection is closed or nothing more comes. */
  static Answers of(InetSocketAddress address, byte[] request) throws IOException {
    var received = new ByteArrayOutputStream();
    boolean open = false;
    try (Socket socket = new Socket()) {
      socket.connect(address, PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      InputStream in = socket.getInputStream();
      try {
        socket.getOutputStream().write(request);
        in.transferTo(received);
      } catch (SocketTimeoutException e) {
        open = true;
      } catch (IOException e) {
        // It was reset, since the server had not read all; what has come before counts.
      }
    }
    return new Answers(received.toString(StandardCharsets.ISO_8859_1), open);
  }

  /** The statuses, in order, and "waits" where the connection stays open. */
  static String to(InetSocketAddress address, byte[] request) throws IOException {
    return of(address, request).toString();
  }

  /** The status of each answer but the interim ones. */
  static Stream<String> statuses(String received) {
    return STATUS.matcher(received).results().map((MatchResult found) -> found.group(1));
  }

  /** Whether the last answer announces that the connection is closed behind it, or GOAWAY does. */
  boolean isCloseAnnounced() {
    if (GOAWAY.matcher(received).find()) {
      return true;
    }
    int last = received.lastIndexOf("HTTP/1.1 ");
    int end = received.indexOf("\r\n\r\n", last);
    return last >= 0
        && end >= 0
        && received
            .substring(last, end + 2)
            .toLowerCase(Locale.ROOT)
            .contains("\r\nconnection: close\r\n");
  }

  @Override
  public String toString() {
    return Stream.concat(statuses(received), open ? Stream.of("waits") : Stream.empty())
        .collect(Collectors.joining(" "));
  }
}
