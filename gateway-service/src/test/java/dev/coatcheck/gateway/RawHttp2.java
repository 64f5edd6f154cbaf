package dev.coatcheck.gateway;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * An HTTP/2 client with one stream, frame by frame (RFC 9113), for what well-behaved clients cannot
 * do.
 */
final class RawHttp2 implements AutoCloseable {

  static final int DATA = 0;
  static final int PING = 6;

  static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;

  private static final int ACK = 1;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int DEFAULT_WINDOW_BYTES = 65_535;
  private static final int STREAM = 1;

  /**
   * One frame as it came.
   *
   * @param opaque what a PING carries; 0 of any other
   */
  record Frame(int type, int flags, long opaque) {

    boolean isEnd() {
      return type <= HEADERS && (flags & END_STREAM) != 0;
    }
  }

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final DataOutputStream out;

  /** A connection whose stream has a window of {@code windowBytes}. */
  RawHttp2(int port, int windowBytes) throws IOException {
    socket.setSoTimeout((int) GatewayTest.PATIENCE.toMillis());
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    in = new DataInputStream(socket.getInputStream());
    out =
        new DataOutputStream(new BufferedOutputStream(socket.getOutputStream())); // a frame at once
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    ByteArrayOutputStream window = new ByteArrayOutputStream();
    DataOutputStream setting = new DataOutputStream(window);
    setting.writeShort(INITIAL_WINDOW_SIZE);
    setting.writeInt(windowBytes);
    write(SETTINGS, 0, 0, window.toByteArray());
    writeInt(WINDOW_UPDATE, 0, Math.max(1, windowBytes - DEFAULT_WINDOW_BYTES));
  }

  RawHttp2 get(String path) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    field(block, ":method", "GET");
    field(block, ":scheme", "http");
    field(block, ":authority", "gateway");
    field(block, ":path", path);
    write(HEADERS, END_STREAM | END_HEADERS, STREAM, block.toByteArray());
    return this;
  }

  /** Makes a gRPC call with one message. */
  RawHttp2 call(String method, byte[] message) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    field(block, ":method", "POST");
    field(block, ":scheme", "http");
    field(block, ":authority", "gateway");
    field(block, ":path", "/" + method);
    field(block, "content-type", "application/grpc");
    field(block, "te", "trailers");
    write(HEADERS, END_HEADERS, STREAM, block.toByteArray());
    ByteBuffer framed = ByteBuffer.allocate(5 + message.length);
    framed.put((byte) 0).putInt(message.length).put(message);
    write(DATA, END_STREAM, STREAM, framed.array());
    return this;
  }

  /** Reads up to the first frame of {@code type}; for DATA, up to the end of the stream. */
  Frame readTo(int type) throws IOException {
    while (true) {
      int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
      int frameType = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      in.readInt(); // the stream
      byte[] payload = new byte[length];
      in.readFully(payload);
      long opaque = frameType == PING ? ByteBuffer.wrap(payload).getLong() : 0;
      Frame frame = new Frame(frameType, flags, opaque);
      if (frame.type == SETTINGS && frame.flags == 0) {
        write(SETTINGS, ACK, 0, new byte[0]);
      }
      if (type == DATA ? frame.isEnd() : frame.type == type) {
        return frame;
      }
    }
  }

  void acknowledge(Frame ping) throws IOException {
    write(PING, ACK, 0, ByteBuffer.allocate(Long.BYTES).putLong(ping.opaque).array());
  }

  void resetStream() throws IOException {
    writeInt(RST_STREAM, STREAM, 8); // CANCEL
  }

  /** Announces the end of the connection, without an error. */
  void goAway() throws IOException {
    write(GOAWAY, 0, 0, new byte[8]);
  }

  /** Ends the connection as a kernel does for a program that has left bytes unread. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** A field that is in no table, and coded as it is (RFC 7541, 6.2.2). */
  private static void field(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    for (String text : new String[] {name, value}) {
      block.write(text.length()); // below 127
      block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
  }

  private void writeInt(int type, int stream, int value) throws IOException {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    new DataOutputStream(payload).writeInt(value);
    write(type, 0, stream, payload.toByteArray());
  }

  private void write(int type, int flags, int stream, byte[] payload) throws IOException {
    out.writeByte(payload.length >> 16);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
    out.flush();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
