package dev.coatcheck.cli.hostile.wire;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A client's end of an HTTP/2 connection, begun with prior knowledge (RFC 9113, section 3.3), that
 * sends whatever it is told to, and throws away what comes but for the windows.
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
  private static final int MAX_FRAME = 16 << 10;
  private static final int SETTINGS = 0x4;
  private static final int WINDOW_UPDATE = 0x8;
  private static final int SETTING_BYTES = 6;

  private final Socket socket;
  private final OutputStream out;
  private final SendWindows windows = new SendWindows();

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
    Http2Connection connection = openUnread(socket, settings);
    Thread.ofPlatform().daemon().start(connection::read);
    return connection;
  }

  /** The same, of which nothing is ever read. */
  public static Http2Connection openUnread(Socket socket, int... settings) throws IOException {
    Http2Connection connection = new Http2Connection(socket);
    connection.send(PREFACE);
    connection.send(new Frames().settings(settings).settingsAck());
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

  /** Sends DATA that does not end the stream, as fast as the server lets it. */
  public void sendBody(int stream, byte[] body) throws IOException, InterruptedException {
    for (int sent = 0; sent < body.length; ) {
      int now = windows.take(stream, Math.min(MAX_FRAME, body.length - sent));
      send(new Frames().data(stream, Arrays.copyOfRange(body, sent, sent + now), 0));
      sent += now;
    }
  }

  private void read() {
    try (var in =
        new DataInputStream(new BufferedInputStream(socket.getInputStream(), READ_BYTES))) {
      while (true) {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        in.skipNBytes(1);
        int stream = in.readInt();
        switch (type) {
          case SETTINGS -> readSettings(in, length);
          case WINDOW_UPDATE -> windows.update(stream, in.readInt());
          default -> in.skipNBytes(length);
        }
      }
    } catch (IOException e) {
      // It is over, and whoever sends will find out.
    } finally {
      windows.close();
    }
  }

  private void readSettings(DataInputStream in, int length) throws IOException {
    for (int i = 0; i < length / SETTING_BYTES; i++) {
      int identifier = in.readUnsignedShort();
      int value = in.readInt();
      if (identifier == INITIAL_WINDOW_SIZE) {
        windows.initial(value);
      }
    }
  }
}
