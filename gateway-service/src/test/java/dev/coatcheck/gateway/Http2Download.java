package dev.coatcheck.gateway;

import com.google.protobuf.ByteString;
import dev.coatcheck.testing.RawHttp2;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One download over HTTP/2, frame by frame, for what well-behaved clients cannot do. */
final class Http2Download implements AutoCloseable {

  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int DEFAULT_WINDOW_BYTES = 65_535;
  private static final int CANCEL = 8;
  private static final int STREAM = 1;

  private final RawHttp2 connection;

  /** Asks for {@code path}, with a window of {@code windowBytes}. */
  Http2Download(int port, String path, int windowBytes) throws IOException {
    connection = new RawHttp2(port);
    connection.send(
        RawHttp2.SETTINGS,
        0,
        0,
        ByteBuffer.allocate(6).putShort((short) INITIAL_WINDOW_SIZE).putInt(windowBytes).array());
    connection.send(RawHttp2.WINDOW_UPDATE, 0, 0, bytes(windowBytes - DEFAULT_WINDOW_BYTES));
    connection.get(STREAM, path);
  }

  /** Reads up to the end of the stream. */
  void readToEnd() throws IOException {
    RawHttp2.Frame frame;
    do {
      frame = connection.next().orElseThrow(() -> new IOException("the connection has ended"));
    } while (!frame.isEndOfStream());
  }

  /** The payload of the next PING. */
  ByteString awaitPing() throws IOException {
    return connection.await(RawHttp2.PING).orElseThrow().payload();
  }

  void acknowledge(ByteString ping) throws IOException {
    connection.send(RawHttp2.PING, RawHttp2.ACK, 0, ping.toByteArray());
  }

  void resetStream() throws IOException {
    connection.send(RawHttp2.RST_STREAM, 0, STREAM, bytes(CANCEL));
  }

  /** Announces the end of the connection, without an error. */
  void goAway() throws IOException {
    connection.send(RawHttp2.GOAWAY, 0, 0, new byte[8]);
  }

  /** Ends the connection as a kernel does for a program that has left bytes unread. */
  void reset() throws IOException {
    connection.reset();
  }

  private static byte[] bytes(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
