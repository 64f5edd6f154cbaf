package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.gateway.loop.EventLoops;
import dev.coatcheck.gateway.loop.Loop;
import dev.coatcheck.kit.limits.PortSettings;
import dev.coatcheck.kit.limits.RefusalCounters;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class EventLoopConnectorTest {

  private static final int LOOPS = 3;
  private static final int REQUESTS = 200;
  private static final String NOWHERE = "nowhere";

  private final EventLoops loops = EventLoops.start(LOOPS);
  private final Server server = new Server();
  private final EventLoopConnector connector =
      new EventLoopConnector(
          server,
          loops,
          Duration.ofSeconds(60),
          HttpLimits.of(
              PortSettings.PUBLIC_DEFAULTS,
              3,
              Duration.ofSeconds(10),
              Duration.ofSeconds(75),
              1024),
          new RefusalCounters(),
          () -> {},
          new HttpConnectionFactory());

  @BeforeEach
  void start() throws Exception {
    connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
    server.addConnector(connector);
    server.setHandler(new TellsWhere());
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
    loops.close();
  }

  /** Also the next request, which has come before the answer to the last one was written. */
  @Test
  void everyRequestOfAConnectionIsServedOnItsLoop() throws IOException {
    try (Socket socket = connect()) {
      Set<String> where = new HashSet<>();
      for (int i = 0; i < REQUESTS; i++) {
        where.addAll(answers(socket, 2));
      }

      assertThat(where).hasSize(1).doesNotContain(NOWHERE);
    }
  }

  @Test
  void connectionsTakeTheLoopsInTurns() throws IOException {
    List<Socket> sockets = new ArrayList<>();
    try {
      Set<String> where = new HashSet<>();
      for (int i = 0; i < LOOPS; i++) {
        Socket socket = connect();
        sockets.add(socket);
        where.addAll(answers(socket, 1));
      }

      assertThat(where).hasSize(LOOPS).doesNotContain(NOWHERE);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
  }

  /** What is answered to so many requests, which are sent at once. */
  private static List<String> answers(Socket socket, int count) throws IOException {
    String request = "GET / HTTP/1.1\r\nHost: here\r\n\r\n";
    socket.getOutputStream().write(request.repeat(count).getBytes(StandardCharsets.US_ASCII));
    var in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    List<String> answers = new ArrayList<>();
    for (String line = ""; answers.size() < count; line = in.readLine()) {
      if (line.startsWith(TellsWhere.HEADER)) {
        answers.add(line.substring(TellsWhere.HEADER.length() + 2));
      }
    }
    return answers;
  }

  /** Answers from a loop a moment later, as one does who asks a generator first. */
  private final class TellsWhere extends Handler.Abstract.NonBlocking {

    static final String HEADER = "Loop";

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      Loop here = loops.here();
      response.getHeaders().put(HEADER, name(here));
      response.getHeaders().put("Content-Length", 0);
      (here == null ? loops.of(0) : here)
          .execute(() -> response.write(true, ByteBuffer.allocate(0), callback));
      return true;
    }

    private static String name(@Nullable Loop loop) {
      return loop == null ? NOWHERE : Integer.toString(loop.index());
    }
  }
}
