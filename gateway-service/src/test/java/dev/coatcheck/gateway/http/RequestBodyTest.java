package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.kit.limits.PortSettings;
import dev.coatcheck.kit.limits.RefusalCounters;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a body is read when the server misbehaves. */
@Timeout(30)
final class RequestBodyTest {

  /** As the server did for an extended CONNECT: always something to read, and never anything. */
  private static final class Restless extends Request.Wrapper {

    Restless(Request request) {
      super(request);
    }

    @Override
    public Content.@Nullable Chunk read() {
      return null;
    }

    @Override
    public void demand(Runnable callback) {
      callback.run();
    }
  }

  @Test
  void readsWithoutProgressBreakTheBody() throws Exception {
    var broken = new CompletableFuture<Throwable>();
    var server = new Server();
    var connector = new ServerConnector(server);
    connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            var bodies =
                new BodyReception(
                    HttpLimits.of(
                        PortSettings.PUBLIC_DEFAULTS,
                        3,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(75),
                        1024),
                    new RefusalCounters());
            new RequestBody(new Restless(request), bodies).readInto(new Expecting(broken));
            callback.succeeded();
            return true;
          }
        });
    server.start();
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort())) {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

      assertThat(broken.get(10, TimeUnit.SECONDS)).hasMessageContaining("no progress");
    } finally {
      server.stop();
    }
  }

  private record Expecting(CompletableFuture<Throwable> broken) implements RequestBody.Reader {

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void data(ByteBuffer data) {}

    @Override
    public void end() {}

    @Override
    public void broken(Throwable cause) {
      broken.complete(cause);
    }

    @Override
    public void overdue() {}
  }
}
