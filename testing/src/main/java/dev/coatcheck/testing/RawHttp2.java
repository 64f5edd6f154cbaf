package dev.coatcheck.testing;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** An HTTP/2 client that sends what it is told, frame by frame, and keeps no rule by itself. */
public final class RawHttp2 implements AutoCloseable {

  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;

  public static final int END_STREAM = 1;
  public static final int ACK = 1;
  public static final int END_HEADERS = 4;

  public static final int PROTOCOL_ERROR = 1;
  public static final int REFUSED_STREAM = 7;
  public static final int ENHANCE_YOUR_CALM = 11;

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int MAX_FRAME_BYTES = 1 << 20;

  /** What was received. */
  public record Frame(int type, int flags, int streamId, ByteString payload) {

    /** The error code of a RST_STREAM, or of a GOAWAY. */
    public int errorCode() {
      return payload.asReadOnlyByteBuffer().getInt(type == GOAWAY ? 4 : 0);
    }

    /** True for the last frame of a stream. */
    public boolean isEndOfStream() {
      return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
    }
  }

  private final Socket socket = new Socket();
  private final DataInputStream in;

  /** Connects from {@code from}, any address of 127/8, and sends the preface and empty settings. */
  public RawHttp2(int port, String from) throws IOException {
    this(port, from, 0);
  }

  /**
   * The same.
   *
   * @param receiveBufferBytes what its kernel may hold of what is not read; 0 leaves it
   */
  public RawHttp2(int port, String from, int receiveBufferBytes) throws IOException {
    socket.setSoTimeout((int) PATIENCE.toMillis());
    if (receiveBufferBytes > 0) {
      socket.setReceiveBufferSize(receiveBufferBytes);
    }
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
    socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
    in = new DataInputStream(socket.getInputStream());
    socket
        .getOutputStream()
        .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    send(SETTINGS, 0, 0, new byte[0]);
  }

  public RawHttp2(int port) throws IOException {
    this(port, "127.0.0.1");
  }

  public RawHttp2 send(int type, int flags, int streamId, byte[] payload) throws IOException {
    socket.getOutputStream().write(frame(type, flags, streamId, payload));
    return this;
  }

  /** The frame as it is sent. */
  public static byte[] frame(int type, int flags, int streamId, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) (payload.length >> 16))
        .putShort((short) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(streamId)
        .put(payload)
        .array();
  }

  public RawHttp2 sendBytes(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** Opens a stream; {@code fields} are names and values in turns. */
  public RawHttp2 headers(int streamId, int flags, String... fields) throws IOException {
    return send(HEADERS, END_HEADERS | flags, streamId, encode(fields));
  }

  public RawHttp2 get(int streamId, String path) throws IOException {
    return headers(
        streamId,
        END_STREAM,
        ":method",
        "GET",
        ":scheme",
        "http",
        ":authority",
        "localhost",
        ":path",
        path);
  }

  /** Begins a gRPC call. */
  public RawHttp2 call(int streamId, String method) throws IOException {
    return headers(
        streamId,
        0,
        ":method",
        "POST",
        ":scheme",
        "http",
        ":authority",
        "localhost",
        ":path",
        "/" + method,
        "content-type",
        "application/grpc",
        "te",
        "trailers");
  }

  public RawHttp2 data(int streamId, int flags, byte[] payload) throws IOException {
    return send(DATA, flags, streamId, payload);
  }

  /** Literals without indexing (RFC 7541, 6.2.2), none of them compressed. */
  private static byte[] encode(String... fields) {
    var block = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i += 2) {
      block.write(0);
      string(block, fields[i]);
      string(block, fields[i + 1]);
    }
    return block.toByteArray();
  }

  private static void string(ByteArrayOutputStream block, String text) {
    int length = text.length();
    if (length < 127) {
      block.write(length);
    } else {
      block.write(127);
      int rest = length - 127;
      for (; rest >= 128; rest >>= 7) {
        block.write(rest % 128 + 128);
      }
      block.write(rest);
    }
    block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** The next frame; empty if the connection has ended. */
  public Optional<Frame> next() throws IOException {
    try {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      if (length > MAX_FRAME_BYTES) {
        throw new IOException("a frame of " + length + " bytes");
      }
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int streamId = in.readInt();
      return Optional.of(
          new Frame(type, flags, streamId, ByteString.copyFrom(in.readNBytes(length))));
    } catch (EOFException | SocketException end) {
      return Optional.empty();
    }
  }

  /** The next frame of that type; empty if the connection ends without one. */
  public Optional<Frame> await(int type) throws IOException {
    for (var frame = next(); frame.isPresent(); frame = next()) {
      if (frame.get().type() == type) {
        return frame;
      }
    }
    return Optional.empty();
  }

  /** The server's settings, the first frame that it sends. */
  public Map<Integer, Integer> settings() throws IOException {
    ByteBuffer payload = await(SETTINGS).orElseThrow().payload().asReadOnlyByteBuffer();
    Map<Integer, Integer> settings = new HashMap<>();
    while (payload.hasRemaining()) {
      settings.put((int) payload.getShort(), payload.getInt());
    }
    return settings;
  }

  /** Sends nothing more. */
  public void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Ends the connection as a kernel does for a program that has left bytes unread. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
