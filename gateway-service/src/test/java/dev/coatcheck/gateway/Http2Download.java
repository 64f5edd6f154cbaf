package dev.coatcheck.gateway;

import com.google.protobuf.ByteString;
import dev.coatcheck.testing.RawHttp2;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.ImageServiceGrpc;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One download over HTTP/2, frame by frame, for what well-behaved clients cannot do. */
final class Http2Download implements AutoCloseable {

  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int DEFAULT_WINDOW_BYTES = 65_535;
  private static final int CANCEL = 8;
  private static final int STREAM = 1;

  /** Whether the message is compressed, and its length. */
  private static final int GRPC_PREFIX_BYTES = 5;

  private final RawHttp2 connection;

  /** Asks for {@code path}, with a window of {@code windowBytes}. */
  Http2Download(int port, String path, int windowBytes) throws IOException {
    this(port, windowBytes);
    connection.get(STREAM, path);
  }

  /** Makes a gRPC call, with a window of {@code windowBytes}. */
  static Http2Download call(int port, DownloadImageRequest request, int windowBytes)
      throws IOException {
    Http2Download download = new Http2Download(port, windowBytes);
    byte[] message = request.toByteArray();
    download.connection.call(STREAM, ImageServiceGrpc.getDownloadImageMethod().getFullMethodName());
    download.connection.data(
        STREAM,
        RawHttp2.END_STREAM,
        ByteBuffer.allocate(GRPC_PREFIX_BYTES + message.length)
            .put((byte) 0)
            .putInt(message.length)
            .put(message)
            .array());
    return download;
  }

  private Http2Download(int port, int windowBytes) throws IOException {
    connection = new RawHttp2(port);
    connection.send(
        RawHttp2.SETTINGS,
        0,
        0,
        ByteBuffer.allocate(6).putShort((short) INITIAL_WINDOW_SIZE).putInt(windowBytes).array());
    connection.send(RawHttp2.WINDOW_UPDATE, 0, 0, bytes(windowBytes - DEFAULT_WINDOW_BYTES));
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
