package dev.coatcheck.lambda.map.handler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a streamed answer is on the wire, to the byte. */
class ResponseStreamTest {

  private ServerSocket server;
  private CompletableFuture<String> received;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    received = CompletableFuture.supplyAsync(this::receiveOne);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void piecesAreChunksAndTheEndIsAnEmptyOne() throws Exception {
    try (ResponseStream out = stream()) {
      out.write("abc".getBytes(StandardCharsets.US_ASCII));
      out.write('d');
      out.flush();
      out.write("efg".getBytes(StandardCharsets.US_ASCII));
      out.complete();
    }

    assertThat(received.join())
        .startsWith("POST /answer HTTP/1.1\n")
        .contains("\nTransfer-Encoding: chunked\n")
        .contains("\nLambda-Runtime-Function-Response-Mode: streaming\n")
        .endsWith("\n\n4\nabcd\n3\nefg\n0\n\n");
  }

  @Test
  void failureIsToldInTrailers() throws Exception {
    try (ResponseStream out = stream()) {
      out.write("abc".getBytes(StandardCharsets.US_ASCII));
      out.fail("Some.Type", RuntimeApi.error("Some.Type", "no ink"));
    }

    String body =
        Base64.getEncoder()
            .encodeToString(
                "{\"errorType\":\"Some.Type\",\"errorMessage\":\"no ink\"}"
                    .getBytes(StandardCharsets.US_ASCII));
    assertThat(received.join())
        .contains("\nTrailer: Lambda-Runtime-Function-Error-Type,")
        .endsWith(
            "\n3\nabc\n0\nLambda-Runtime-Function-Error-Type: Some.Type\n"
                + "Lambda-Runtime-Function-Error-Body: "
                + body
                + "\n\n");
  }

  @Test
  void nothingIsSentBeforeTheFirstByte() throws Exception {
    try (ResponseStream out = stream()) {
      assertThat(out.hasBegun()).isFalse();
      out.write('x');
      assertThat(out.hasBegun()).isFalse();
      out.flush();
      assertThat(out.hasBegun()).isTrue();
    }
  }

  private ResponseStream stream() {
    return new ResponseStream("127.0.0.1:" + server.getLocalPort(), "/answer", "image/png");
  }

  /** Reads lines up to the last chunk's end, answers, and gives them back joined by newlines. */
  private String receiveOne() {
    try (Socket socket = server.accept()) {
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      StringBuilder all = new StringBuilder();
      boolean lastChunk = false;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        all.append(line).append('\n');
        lastChunk |= line.equals("0");
        if (lastChunk && line.isEmpty()) {
          break;
        }
      }
      socket
          .getOutputStream()
          .write("HTTP/1.1 202 Accepted\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      return all.toString();
    } catch (IOException e) {
      return e.toString();
    }
  }
}
