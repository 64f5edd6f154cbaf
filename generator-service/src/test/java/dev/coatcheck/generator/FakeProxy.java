package dev.coatcheck.generator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP proxy that reaches one server alone, whatever host it is asked for, or none; with a
 * record of what it was asked.
 */
final class FakeProxy implements AutoCloseable {

  private static final int MAX_HEAD_BYTES = 64 << 10;

  private final ServerSocket listener;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final int target;

  private FakeProxy(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
  }

  /** One behind which nothing is: it refuses all. */
  static FakeProxy toNowhere() throws IOException {
    return start(0);
  }

  static FakeProxy to(URI server) throws IOException {
    return start(server.getPort());
  }

  private static FakeProxy start(int target) throws IOException {
    FakeProxy proxy =
        new FakeProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
    Thread.ofVirtual().name("proxy").start(proxy::accept);
    return proxy;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException e) {
      // It is closed.
    }
  }

  private void serve(Socket client) {
    try (client) {
      byte[] head = head(client.getInputStream());
      String line = new String(head, StandardCharsets.ISO_8859_1).lines().findFirst().orElse("");
      requests.add(line.replaceFirst(" HTTP/1.1$", ""));
      if (target == 0) {
        client
            .getOutputStream()
            .write(ascii("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"));
        return;
      }
      try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
        if (line.startsWith("CONNECT ")) {
          client.getOutputStream().write(ascii("HTTP/1.1 200 Connected\r\n\r\n"));
        } else {
          server.getOutputStream().write(head);
        }
        Thread back = Thread.ofVirtual().start(() -> copy(server, client));
        copy(client, server);
        back.join();
      }
    } catch (IOException e) {
      // Either side has gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] head(InputStream from) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (head.size() < MAX_HEAD_BYTES
        && !head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = from.read();
      if (next < 0) {
        throw new IOException("no request");
      }
      head.write(next);
    }
    return head.toByteArray();
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // Either side has gone.
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** Methods and targets, as {@code CONNECT host:443}, in order. */
  List<String> requests() {
    return requests;
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
