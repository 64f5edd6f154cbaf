package dev.coatcheck.cli.hostile.corpus;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Stands between a proxy and the gateway, and counts the gateway's answers.
 *
 * <p><b>Threading:</b> threads of its own; any thread asks.
 */
final class Tap implements AutoCloseable {

  private static final int PIECE_BYTES = 16 << 10;

  private final InetSocketAddress gateway;
  private final ServerSocket listener;

  // state, guarded by this
  private final List<ByteArrayOutputStream> answers = new ArrayList<>();
  private final List<Socket> sockets = new ArrayList<>();

  private Tap(InetSocketAddress gateway) throws IOException {
    this.gateway = gateway;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  static Tap before(InetSocketAddress gateway) throws IOException {
    Tap tap = new Tap(gateway);
    Thread.ofPlatform().daemon().start(tap::accept);
    return tap;
  }

  int port() {
    return listener.getLocalPort();
  }

  /** How many answers the gateway has given so far. */
  synchronized int answers() {
    return answers.stream()
        .mapToInt(received ->
            (int) Answers.statuses(received.toString(StandardCharsets.ISO_8859_1)).count())
        .sum();
  }

  private void accept() {
    try {
      while (true) {
        Socket proxy = listener.accept();
        Socket server = new Socket();
        server.connect(gateway);
        var received = new ByteArrayOutputStream();
        synchronized (this) {
          answers.add(received);
          sockets.add(proxy);
          sockets.add(server);
        }
        Thread.ofPlatform()
            .daemon()
            .start(() -> copy(proxy, server, OutputStream.nullOutputStream()));
        Thread.ofPlatform().daemon().start(() -> copy(server, proxy, received));
      }
    } catch (IOException e) {
      // It is over.
    }
  }

  private void copy(Socket from, Socket to, OutputStream also) {
    byte[] piece = new byte[PIECE_BYTES];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        synchronized (this) {
          also.write(piece, 0, n);
        }
        to.getOutputStream().write(piece, 0, n);
      }
    } catch (IOException e) {
      // One of them has gone, and so goes the other.
    }
  }

  @Override
  public synchronized void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
