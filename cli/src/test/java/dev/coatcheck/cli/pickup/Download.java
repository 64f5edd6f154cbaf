package dev.coatcheck.cli.pickup;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One request over HTTP/1.1 on a connection of its own, by a client that takes what comes and notes
 * how it ended. Well-behaved clients hide just that.
 *
 * <p><b>Threading:</b> one thread at a time; {@link #close} any.
 */
public final class Download implements AutoCloseable {

  /** Takes the bytes of a body. */
  public interface Body {
    void take(byte[] bytes, int length);
  }

  /** What stands before a body. Names of headers are in lower case. */
  public record Head(int status, Map<String, String> headers) {

    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }
  }

  /** How the end of a body is told. */
  private enum Framing {
    LENGTH,
    CHUNKS,
    CONNECTION
  }

  private static final int SOCKET_BUFFER_BYTES = 64 << 10;
  private static final int PIECE_BYTES = 16 << 10;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Socket socket = new Socket();
  private final InputStream in;
  private final Head head;

  // state
  private Framing framing;
  private long left; // of the body, or of the chunk
  private boolean inChunk;

  /**
   * Asks a gateway on this machine, and reads the head of the answer.
   *
   * @throws IOException also when the connection ends before
   */
  Download(int port, String method, String path, Map<String, String> headers) throws IOException {
    this(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        method,
        path,
        headers,
        "",
        PATIENCE);
  }

  /**
   * Asks, and reads the head of the answer.
   *
   * @param body sent with the request; empty for none
   * @param patience how long nothing may come
   * @throws IOException also when the connection ends before
   */
  public Download(
      InetSocketAddress gateway,
      String method,
      String path,
      Map<String, String> headers,
      String body,
      Duration patience)
      throws IOException {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    try {
      socket.setReceiveBufferSize(SOCKET_BUFFER_BYTES);
      socket.setSoTimeout((int) patience.toMillis());
      socket.connect(gateway, (int) patience.toMillis());
      StringBuilder request =
          new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
      headers.forEach(
          (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
      if (content.length > 0) {
        request.append("Content-Length: ").append(content.length).append("\r\n");
      }
      request.append("Connection: close\r\n\r\n");
      var sent = new ByteArrayOutputStream();
      sent.writeBytes(request.toString().getBytes(StandardCharsets.US_ASCII));
      sent.writeBytes(content);
      socket.getOutputStream().write(sent.toByteArray());
      in = new BufferedInputStream(socket.getInputStream(), PIECE_BYTES);
      head = readHead();
      framing = framing(head);
      left =
          switch (framing) {
            case LENGTH -> Long.parseLong(head.header("Content-Length").orElseThrow());
            case CHUNKS -> 0;
            case CONNECTION -> Long.MAX_VALUE;
          };
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  static Download get(int port, String path, Map<String, String> headers) throws IOException {
    return new Download(port, "GET", path, headers);
  }

  public Head head() {
    return head;
  }

  /**
   * Reads what is left of the body.
   *
   * @throws IOException when it broke off; {@code body} has what came
   */
  public void read(Body body) throws IOException {
    var _ = read(body, Long.MAX_VALUE);
  }

  /**
   * Reads at most {@code most} bytes of what is left of the body.
   *
   * @return true when its end was seen
   */
  public boolean read(Body body, long most) throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    for (long wanted = most; wanted > 0 && !isAtEnd(); ) {
      int n = in.read(piece, 0, (int) Math.min(Math.min(left, wanted), piece.length));
      if (n < 0 && framing == Framing.CONNECTION) {
        left = 0; // as any client takes it
      } else if (n < 0) {
        throw new EOFException("the body broke off, at least " + left + " bytes before its end");
      } else {
        body.take(piece, n);
        left -= n;
        wanted -= n;
      }
    }
    return left == 0 && framing != Framing.CHUNKS;
  }

  private boolean isAtEnd() throws IOException {
    if (left > 0 || framing != Framing.CHUNKS) {
      return left == 0;
    }
    if (inChunk && !readLine().isEmpty()) {
      throw new IOException("a chunk that is longer than it says");
    }
    left = Long.parseLong(readLine(), 16);
    inChunk = true;
    if (left == 0) {
      if (!readLine().isEmpty()) {
        throw new IOException("trailers (expected: none)");
      }
      framing = Framing.LENGTH;
    }
    return left == 0;
  }

  private static Framing framing(Head head) {
    return head.header("Transfer-Encoding").isPresent()
        ? Framing.CHUNKS
        : head.header("Content-Length").isPresent() ? Framing.LENGTH : Framing.CONNECTION;
  }

  /** The body as a text. */
  public String text() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    read((bytes, length) -> text.write(bytes, 0, length));
    return text.toString(StandardCharsets.UTF_8);
  }

  private Head readHead() throws IOException {
    String status = readLine();
    Map<String, String> headers = new HashMap<>();
    for (String line = readLine(); !line.isEmpty(); line = readLine()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return new Head(Integer.parseInt(status.split(" ", 3)[1]), headers);
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the connection ended in a line");
      }
      line.append((char) b);
    }
    if (line.isEmpty() || line.charAt(line.length() - 1) != '\r') {
      throw new IOException("a line without an end");
    }
    return line.substring(0, line.length() - 1);
  }

  /** Goes away. */
  @Override
  public void close() throws IOException {
    socket.close();
  }
}
