package dev.coatcheck.cli.hostile.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A client's end of an HTTP/2 connection, begun with prior knowledge (RFC 9113, section 3.3), that
 * sends whatever it is told to, and throws away what comes.
 *
 * <p><b>Threading:</b> one thread sends and gives the streams their numbers; another one, which it
 * starts itself, reads, so that the server never has to wait.
 *
 * <p><b>Ownership:</b> the socket is the caller's; closing it ends both.
 */
public final class Http2Connection {

  /** SETTINGS_INITIAL_WINDOW_SIZE. */
  public static final int INITIAL_WINDOW_SIZE = 0x4;

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final int READ_BYTES = 64 << 10;

  private final Socket socket;
  private final OutputStream out;

  // state, the thread that sends
  private int nextStream = 1;

  private Http2Connection(Socket socket) throws IOException {
    this.socket = socket;
    this.out = socket.getOutputStream();
  }

  /**
   * Sends the preface, SETTINGS, and the acknowledgement of the server's, which are on their way.
   *
   * @param settings pairs of identifier and value
   */
  public static Http2Connection open(Socket socket, int... settings) throws IOException {
    Http2Connection connection = new Http2Connection(socket);
    connection.send(PREFACE);
    connection.send(new Frames().settings(settings).settingsAck());
    Thread.ofPlatform().daemon().start(connection::drain);
    return connection;
  }

  /** The number of the client's next stream; begins anew where no number is left. */
  public int nextStream() {
    int stream = nextStream;
    nextStream = (stream + 2) & Integer.MAX_VALUE;
    return stream;
  }

  public void send(Frames frames) throws IOException {
    send(frames.toBytes());
  }

  public void send(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  private void drain() {
    byte[] anything = new byte[READ_BYTES];
    try (InputStream in = socket.getInputStream()) {
      while (in.read(anything) >= 0) {
        // Nobody wants to know.
      }
    } catch (IOException e) {
      // It is over, and whoever sends will find out.
    }
  }
}
