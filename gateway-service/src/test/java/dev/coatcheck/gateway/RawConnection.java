package dev.coatcheck.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** An HTTP/1.1 client that does only what it is told, for what well-behaved clients cannot do. */
final class RawConnection implements AutoCloseable {

  private final Socket socket = new Socket();

  RawConnection(int port, int receiveBufferBytes) throws IOException {
    this(port, receiveBufferBytes, "127.0.0.1");
  }

  /** Connects from {@code from}, any address of 127/8. */
  RawConnection(int port, int receiveBufferBytes, String from) throws IOException {
    socket.setSendBufferSize(64 << 10);
    socket.setReceiveBufferSize(receiveBufferBytes);
    socket.setSoTimeout((int) GatewayTest.PATIENCE.toMillis());
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  RawConnection(int port) throws IOException {
    this(port, 64 << 10);
  }

  RawConnection send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  RawConnection send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  RawConnection get(String path) throws IOException {
    return send("GET " + path + " HTTP/1.1\r\nHost: gateway\r\n\r\n");
  }

  /** Opens a WebSocket. */
  RawConnection upgrade(String path) throws IOException {
    send(
        "GET "
            + path
            + " HTTP/1.1\r\nHost: gateway\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    String head = head();
    if (!head.startsWith("HTTP/1.1 101 ")) {
      throw new IOException("no WebSocket: " + head);
    }
    return this;
  }

  /** Reads up to the empty line. */
  String head() throws IOException {
    var head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int b = socket.getInputStream().read();
      if (b < 0) {
        throw new IOException("the connection ended after: " + head);
      }
      head.write(b);
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  /** Reads the body that {@code head} tells the length of. */
  String body(String head) throws IOException {
    var length = Pattern.compile("(?i)content-length: ([0-9]+)").matcher(head);
    if (!length.find()) {
      throw new IOException("no length: " + head);
    }
    return new String(read(Integer.parseInt(length.group(1))), StandardCharsets.UTF_8);
  }

  byte[] read(int length) throws IOException {
    return socket.getInputStream().readNBytes(length);
  }

  /** Reads until the other side ends the connection, cleanly or by a reset. */
  byte[] readToEnd() throws IOException {
    var all = new ByteArrayOutputStream();
    byte[] some = new byte[16 << 10];
    InputStream in = socket.getInputStream();
    try {
      for (int n = in.read(some); n >= 0; n = in.read(some)) {
        all.write(some, 0, n);
      }
    } catch (java.net.SocketException reset) {
      // as good as an end
    }
    return all.toByteArray();
  }

  /** Sends no more, and still reads. */
  void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Goes away as a process that dies does. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
