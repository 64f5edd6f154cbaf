package dev.coatcheck.generator;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * AWS Lambda with connections that stay open, until it closes those that are idle without a word
 * (RFC 9112, 9.5). Its first answers wait for one another, so that each has a connection.
 */
final class IdleLambda implements AutoCloseable {

  private static final Pattern LENGTH = Pattern.compile("(?i)\\ncontent-length: *(\\d+)\\r");

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private final ServerSocket listener;
  private final CountDownLatch together;
  private final byte[] answer;

  private IdleLambda(ServerSocket listener, int atOnce, byte[] image) {
    this.listener = listener;
    this.together = new CountDownLatch(atOnce);
    String json =
        "{\"isBase64Encoded\": true, \"body\": \"%s\"}"
            .formatted(Base64.getEncoder().encodeToString(image));
    this.answer =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(json.length(), json)
            .getBytes(StandardCharsets.US_ASCII);
  }

  /** One whose first {@code atOnce} answers leave together. */
  static IdleLambda start(int atOnce, byte[] image) throws IOException {
    ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    var lambda = new IdleLambda(listener, atOnce, image);
    lambda.threads.execute(lambda::accept);
    return lambda;
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = listener.accept();
        connections.add(connection);
        threads.execute(() -> serve(connection));
      }
    } catch (IOException closed) {
      // the test is over
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      while (readRequest(connection.getInputStream())) {
        together.countDown();
        together.await();
        connection.getOutputStream().write(answer);
      }
    } catch (IOException | InterruptedException gone) {
      // so is the connection
    }
  }

  /** False at the end of the connection. */
  private static boolean readRequest(InputStream in) throws IOException {
    String head = readUntil(in, "\r\n\r\n");
    Matcher length = LENGTH.matcher(head);
    if (length.find()) {
      in.skipNBytes(Integer.parseInt(length.group(1)));
    } else if (!head.isEmpty()) {
      var _ = readUntil(in, "0\r\n\r\n"); // in chunks
    }
    return !head.isEmpty();
  }

  private static String readUntil(InputStream in, String end) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf(end) < 0) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      text.append((char) next);
    }
    return text.toString();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  int connections() {
    return connections.size();
  }

  /** As after a while in which nothing was asked. */
  void closeIdle() throws IOException {
    for (Socket connection : connections) {
      connection.close();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    closeIdle();
    threads.shutdownNow();
  }
}
