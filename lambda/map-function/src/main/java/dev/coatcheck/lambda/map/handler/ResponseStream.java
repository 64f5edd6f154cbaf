package dev.coatcheck.lambda.map.handler;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is sent while it is made: an HTTP/1.1 request with a chunked body and, where it
 * fails in the middle, trailers that say so (AWS Lambda Developer Guide, "Response streaming for
 * custom runtimes"). It has a socket of its own, since none of the JDK's HTTP clients sends
 * trailers. Small writes are gathered until {@link #flush}.
 *
 * <p><b>Lifecycle:</b> ends by {@link #complete} or {@link #fail}; {@link #close} alone breaks it
 * off.
 */
final class ResponseStream extends OutputStream {

  private static final int BUFFER_BYTES = 64 * 1024;

  private final String hostAndPort;
  private final String path;
  private final String contentType;
  private final byte[] gathered = new byte[BUFFER_BYTES];

  // state
  private int count;
  private @Nullable Socket socket;

  ResponseStream(String hostAndPort, String path, String contentType) {
    this.hostAndPort = hostAndPort;
    this.path = path;
    this.contentType = contentType;
  }

  /** Whether anything has been sent; until then the invocation can still fail as a whole. */
  boolean hasBegun() {
    return socket != null;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int at = offset;
    for (int left = length; left > 0; ) {
      int part = Math.min(left, gathered.length - count);
      System.arraycopy(bytes, at, gathered, count, part);
      count += part;
      at += part;
      left -= part;
      if (count == gathered.length) {
        flush();
      }
    }
  }

  @Override
  public void flush() throws IOException {
    if (count > 0) {
      OutputStream out = begun().getOutputStream();
      byte[] head = ascii(Integer.toHexString(count) + "\r\n");
      byte[] chunk = new byte[head.length + count + 2];
      System.arraycopy(head, 0, chunk, 0, head.length);
      System.arraycopy(gathered, 0, chunk, head.length, count);
      chunk[chunk.length - 2] = '\r';
      chunk[chunk.length - 1] = '\n';
      out.write(chunk);
      count = 0;
    }
  }

  /** Ends the answer: it is whole. */
  void complete() throws IOException {
    end("");
  }

  /** Ends the answer: it is not whole, and why. */
  void fail(String errorType, JsonNode error) throws IOException {
    String body = Base64.getEncoder().encodeToString(ascii(error.toString()));
    end(
        "Lambda-Runtime-Function-Error-Type: "
            + errorType
            + "\r\nLambda-Runtime-Function-Error-Body: "
            + body
            + "\r\n");
  }

  @Override
  public void close() throws IOException {
    if (socket != null) {
      socket.close();
    }
  }

  private void end(String trailers) throws IOException {
    flush();
    Socket open = begun();
    open.getOutputStream().write(ascii("0\r\n" + trailers + "\r\n"));
    // The connection is to be closed after the answer, whose words do not matter.
    InputStream answer = open.getInputStream();
    answer.readAllBytes();
    open.close();
  }

  private Socket begun() throws IOException {
    if (socket == null) {
      URI uri = URI.create("http://" + hostAndPort);
      Socket opened = new Socket(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort());
      socket = opened;
      opened.setTcpNoDelay(true);
      opened
          .getOutputStream()
          .write(
              ascii(
                  String.join(
                      "\r\n",
                      "POST " + path + " HTTP/1.1",
                      "Host: " + hostAndPort,
                      "Connection: close",
                      "Content-Type: " + contentType,
                      "Lambda-Runtime-Function-Response-Mode: streaming",
                      "Transfer-Encoding: chunked",
                      "Trailer: Lambda-Runtime-Function-Error-Type,"
                          + " Lambda-Runtime-Function-Error-Body",
                      "",
                      "")));
    }
    return socket;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
