package dev.coatcheck.cli.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * A keep-alive connection of HTTP/1.1 that costs next to nothing: one read a piece, straight into
 * the caller's buffer. It is not to be what is measured.
 *
 * <p><b>Threading:</b> one thread.
 */
final class HttpConnection implements AutoCloseable {

  private static final int HEAD_BYTES = 8 << 10;

  private final SocketChannel channel;
  private final ByteBuffer head = ByteBuffer.allocateDirect(HEAD_BYTES);

  HttpConnection(int port) throws IOException {
    channel = SocketChannel.open();
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  /**
   * Gets {@code path} into {@code body}, which is flipped.
   *
   * @return how long the first byte took, in nanoseconds
   */
  long get(String path, ByteBuffer body) throws IOException {
    byte[] request =
        ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    long began = System.nanoTime();
    channel.write(ByteBuffer.wrap(request));
    head.clear();
    int bodyAt = -1;
    long firstByte = 0;
    while (bodyAt < 0) {
      int n = channel.read(head);
      if (firstByte == 0) {
        firstByte = System.nanoTime() - began;
      }
      if (n < 0) {
        throw new EOFException(path + ": the connection ended in the head");
      }
      bodyAt = endOfHead();
    }
    String[] lines = linesOfHead(path, bodyAt);
    head.flip().position(bodyAt);
    body.clear();
    if (isChunked(lines)) {
      for (int size = chunkSize(path); size > 0; size = chunkSize(path)) {
        readInto(path, body, size);
        endOfLine(path);
      }
      endOfLine(path);
    } else {
      readInto(path, body, Math.toIntExact(lengthOfBody(path, lines)));
    }
    body.flip();
    return firstByte;
  }

  private int endOfHead() {
    for (int i = 3; i < head.position(); i++) {
      if (head.get(i) == '\n' && head.get(i - 1) == '\r' && head.get(i - 2) == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  private String[] linesOfHead(String path, int bodyAt) throws IOException {
    byte[] bytes = new byte[bodyAt];
    head.get(0, bytes);
    String[] lines = new String(bytes, StandardCharsets.ISO_8859_1).split("\r\n", -1);
    if (!lines[0].startsWith("HTTP/1.1 200 ")) {
      throw new IOException(path + ": " + lines[0] + " (expected: 200)");
    }
    return lines;
  }

  private static boolean isChunked(String[] lines) {
    return Arrays.stream(lines).anyMatch("transfer-encoding: chunked"::equalsIgnoreCase);
  }

  private static long lengthOfBody(String path, String[] lines) throws IOException {
    for (String line : lines) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        return Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
      }
    }
    throw new IOException(path + ": no Content-Length");
  }

  /** What was read with the head, and then straight from the socket. */
  private void readInto(String path, ByteBuffer body, int size) throws IOException {
    int end = body.position() + size;
    int early = Math.min(size, head.remaining());
    body.put(body.position(), head, head.position(), early).position(body.position() + early);
    head.position(head.position() + early);
    body.limit(end);
    while (body.hasRemaining()) {
      if (channel.read(body) < 0) {
        throw new EOFException(path + ": " + body.remaining() + " bytes are missing");
      }
    }
    body.limit(body.capacity());
  }

  private int chunkSize(String path) throws IOException {
    int size = 0;
    for (int c = next(path); c != '\r'; c = next(path)) {
      size = 16 * size + Character.digit(c, 16);
    }
    var _ = next(path); // the line feed
    return size;
  }

  private void endOfLine(String path) throws IOException {
    if (next(path) != '\r' || next(path) != '\n') {
      throw new IOException(path + ": a chunk has another size than it says");
    }
  }

  private int next(String path) throws IOException {
    if (!head.hasRemaining()) {
      head.clear();
      if (channel.read(head) < 0) {
        throw new EOFException(path + ": the connection ended between chunks");
      }
      head.flip();
    }
    return head.get();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
