package dev.coatcheck.cli.hostile.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Requests of HTTP/1.1 as they stand, and what is answered. */
public final class Http1 {

  private static final String END_OF_HEAD = "\r\n\r\n";
  private static final int MAX_HEAD = 64 << 10;

  private Http1() {}

  /**
   * An answer's head.
   *
   * @param status the code
   * @param head all of it, with the status line
   */
  public record Answer(int status, String head) {

    /** The value of a field, or nothing. */
    public String field(String name) {
      for (String line : head.split("\r\n", -1)) {
        if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
          return line.substring(name.length() + 1).strip();
        }
      }
      return "";
    }
  }

  public static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends a request, and reads the head of its answer. */
  public static Answer ask(Socket socket, String request) throws IOException {
    send(socket, request);
    return readHead(socket.getInputStream());
  }

  /**
   * Reads the head of an answer, and nothing behind it.
   *
   * @throws EOFException if the connection ends before
   */
  public static Answer readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < END_OF_HEAD.length()
        || head.indexOf(END_OF_HEAD, head.length() - END_OF_HEAD.length()) < 0) {
      int next = in.read();
      if (next < 0 || head.length() > MAX_HEAD) {
        throw new EOFException("no whole head: " + head);
      }
      head.append((char) next);
    }
    String text = head.toString();
    if (!text.matches("(?s)HTTP/1\\.[01] [1-5][0-9]{2} .*")) {
      throw new IOException("no status line: " + text);
    }
    return new Answer(Integer.parseInt(text.substring(9, 12)), text);
  }
}
