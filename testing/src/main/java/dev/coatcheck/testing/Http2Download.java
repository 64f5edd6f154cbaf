package dev.coatcheck.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** One download over HTTP/2, frame by frame, for what well-behaved clients cannot do. */
public final class Http2Download implements AutoCloseable {

  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int DEFAULT_WINDOW_BYTES = 65_535;
  public static final int CANCEL = 8;
  private static final int STREAM = 1;

  /** Whether the message is compressed, and its length. */
  private static final int GRPC_PREFIX_BYTES = 5;

  private final RawHttp2 connection;

  // state
  private int receivedBytes;

  private Http2Download(int port, int windowBytes, int receiveBufferBytes) throws IOException {
    connection = new RawHttp2(port, "127.0.0.1", receiveBufferBytes);
    connection.send(
        RawHttp2.SETTINGS,
        0,
        0,
        ByteBuffer.allocate(6).putShort((short) INITIAL_WINDOW_SIZE).putInt(windowBytes).array());
    if (windowBytes > DEFAULT_WINDOW_BYTES) {
      connection.send(RawHttp2.WINDOW_UPDATE, 0, 0, bytes(windowBytes - DEFAULT_WINDOW_BYTES));
    }
  }

  /** Asks for {@code path}, with a window of {@code windowBytes}. */
  public static Http2Download get(int port, String path, int windowBytes) throws IOException {
    return get(port, path, windowBytes, 0);
  }

  /**
   * The same.
   *
   * @param receiveBufferBytes what its kernel may hold of what is not read; 0 leaves it
   */
  public static Http2Download get(int port, String path, int windowBytes, int receiveBufferBytes)
      throws IOException {
    Http2Download download = new Http2Download(port, windowBytes, receiveBufferBytes);
    download.connection.get(STREAM, path);
    return download;
  }

  /** Calls a gRPC method with one message, with a window of {@code windowBytes}. */
  public static Http2Download call(int port, String method, MessageLite request, int windowBytes)
      throws IOException {
    Http2Download download = new Http2Download(port, windowBytes, 0);
    byte[] message = request.toByteArray();
    byte[] framed =
        ByteBuffer.allocate(GRPC_PREFIX_BYTES + message.length)
            .put((byte) 0)
            .putInt(message.length)
            .put(message)
            .array();
    download.connection.call(STREAM, method).data(STREAM, RawHttp2.END_STREAM, framed);
    return download;
  }

  /** Reads up to the end of the stream. */
  public void readToEnd() throws IOException {
    RawHttp2.Frame frame;
    do {
      frame = connection.next().orElseThrow(() -> new IOException("the connection has ended"));
      if (frame.type() == RawHttp2.DATA) {
        receivedBytes += frame.payload().size();
      }
    } while (!frame.isEndOfStream());
  }

  /** How much of the body {@link #readToEnd} has read. */
  public int receivedBytes() {
    return receivedBytes;
  }

  /** Gives back so much of the windows of the stream and of the connection. */
  public void release(int windowBytes) throws IOException {
    connection.send(RawHttp2.WINDOW_UPDATE, 0, 0, bytes(windowBytes));
    giveBackToStream(windowBytes);
  }

  /** Gives back so much of the window of the stream alone. */
  public void giveBackToStream(int windowBytes) throws IOException {
    connection.send(RawHttp2.WINDOW_UPDATE, 0, STREAM, bytes(windowBytes));
  }

  /** The next frame of the stream or of the connection; empty at its end. */
  public Optional<RawHttp2.Frame> next() throws IOException {
    return connection.next();
  }

  /** The error code by which the server resets the stream. */
  public int awaitReset() throws IOException {
    return connection.await(RawHttp2.RST_STREAM).orElseThrow().errorCode();
  }

  /** The payload of the next PING. */
  public ByteString awaitPing() throws IOException {
    return connection.await(RawHttp2.PING).orElseThrow().payload();
  }

  public void acknowledge(ByteString ping) throws IOException {
    connection.send(RawHttp2.PING, RawHttp2.ACK, 0, ping.toByteArray());
  }

  /** Acknowledges every PING, until the connection ends. */
  public void acknowledgeAll() throws IOException {
    for (var frame = connection.next(); frame.isPresent(); frame = connection.next()) {
      if (frame.get().type() == RawHttp2.PING) {
        acknowledge(frame.get().payload());
      }
    }
  }

  public void resetStream() throws IOException {
    connection.send(RawHttp2.RST_STREAM, 0, STREAM, bytes(CANCEL));
  }

  /** Announces the end of the connection, without an error. */
  public void goAway() throws IOException {
    connection.send(RawHttp2.GOAWAY, 0, 0, new byte[8]);
  }

  /** Sends nothing more. */
  public void endOutput() throws IOException {
    connection.endOutput();
  }

  /** Ends the connection as a kernel does for a program that has left bytes unread. */
  public void reset() throws IOException {
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
