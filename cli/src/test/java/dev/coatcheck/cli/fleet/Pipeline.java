package dev.coatcheck.cli.fleet;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A connection over HTTP/1.1 on which many requests are sent before the first is answered, so that
 * a million of them take minutes.
 *
 * <p><b>Threading:</b> one thread.
 */
final class Pipeline implements AutoCloseable {

  private static final int BUFFER_BYTES = 64 << 10;
  private static final int PATIENCE_MILLIS = 60_000;
  private static final String LENGTH = "content-length: ";

  private final Socket socket = new Socket();
  private final InputStream in;
  private final OutputStream out;

  Pipeline(InetSocketAddress gateway) throws IOException {
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(gateway, PATIENCE_MILLIS);
    in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
    out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
  }

  /** Sends all of them, such as {@code GET /}, and gives their statuses, in that order. */
  List<Integer> ask(List<String> requests) throws IOException {
    for (String request : requests) {
      out.write(
          (request + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }
    out.flush();
    List<Integer> statuses = new ArrayList<>(requests.size());
    for (int i = 0; i < requests.size(); i++) {
      statuses.add(answer());
    }
    return statuses;
  }

  private int answer() throws IOException {
    int status = Integer.parseInt(line().split(" ", 3)[1]);
    long length = -1;
    for (String header = line(); !header.isEmpty(); header = line()) {
      if (header.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
        length = Long.parseLong(header.substring(LENGTH.length()));
      }
    }
    if (length < 0) {
      throw new IOException("an answer of unknown length");
    }
    in.skipNBytes(length);
    return status;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the connection ended");
      }
      line.append((char) b);
    }
    return line.substring(0, line.length() - 1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
