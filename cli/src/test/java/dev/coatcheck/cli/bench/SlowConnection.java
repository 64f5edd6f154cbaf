package dev.coatcheck.cli.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A reader that asks for an image, reads the head of the answer, and then takes as little as it is
 * told to. Its socket's buffer is the kernel's default.
 *
 * <p><b>Threading:</b> one thread.
 */
final class SlowConnection implements AutoCloseable {

  private static final String END_OF_HEAD = "\r\n\r\n";
  private static final int MAX_HEAD_BYTES = 8 << 10;
  private static final int STEPS_A_SECOND = 10;

  private final SocketChannel channel;
  private final ByteBuffer body;

  /** Asks for {@code path}, and returns when the head has come. */
  SlowConnection(int port, String path, int sizeBytes) throws IOException {
    channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel.write(
        ByteBuffer.wrap(
            ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII)));
    readHead(path);
    body = ByteBuffer.allocate(sizeBytes);
  }

  private void readHead(String path) throws IOException {
    StringBuilder head = new StringBuilder();
    ByteBuffer one = ByteBuffer.allocate(1); // no byte of the body
    while (head.length() < MAX_HEAD_BYTES && head.indexOf(END_OF_HEAD) < 0) {
      if (channel.read(one.clear()) < 0) {
        throw new EOFException(path + ": the connection ended in the head: " + head);
      }
      head.append((char) one.get(0));
    }
    if (!head.toString().startsWith("HTTP/1.1 200 ")) {
      throw new IOException(path + ": " + head + " (expected: 200)");
    }
  }

  /** Reads up to {@code position}, at that pace. */
  void readSlowly(int position, int bytesPerSecond) throws IOException, InterruptedException {
    long began = System.nanoTime();
    int from = body.position();
    int step = bytesPerSecond / STEPS_A_SECOND;
    for (int i = 1; body.position() < position; i++) {
      readTo(Math.min(position, from + i * step));
      long due = began + i * 1_000_000_000L / STEPS_A_SECOND;
      Thread.sleep(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
    }
  }

  /** Reads what is left as fast as it comes, and checks all of it. */
  void finish() throws IOException {
    readTo(body.capacity());
    Content.check(body.flip(), body.capacity());
  }

  private void readTo(int position) throws IOException {
    body.limit(position);
    while (body.hasRemaining()) {
      if (channel.read(body) < 0) {
        throw new EOFException("ended at " + body.position() + " of " + body.capacity());
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
