package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.coatcheck.gateway.relay.Chunks;
import dev.coatcheck.gateway.relay.RelaySource;
import dev.coatcheck.gateway.routing.GeneratorFailure;
import dev.coatcheck.kit.limits.PortSettings;
import dev.coatcheck.kit.limits.RefusalCounters;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageChunk;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is said of the last write, when a response breaks. */
@Timeout(30)
final class HttpBodySinkTest {

  private static final int CHUNK_BYTES = 1000;
  private static final int TAKEN_BYTES = 400;
  private static final int SIZE = 3 * CHUNK_BYTES;

  /** What becomes of the write of the chunk. */
  private interface Write {
    void of(Response response, ByteBuffer buffer, Callback callback, HttpBodySink sink);
  }

  private final CompletableFuture<Long> broken = new CompletableFuture<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);

  @AfterEach
  void stop() throws Exception {
    http.shutdownNow();
    server.stop();
  }

  @Test
  void aWriteThatIsDoneWhileTheResponseBreaksMayHaveGone() throws Exception {
    InputStream body =
        serve((response, buffer, callback, sink) ->
            response.write(
                false,
                buffer,
                Callback.from(
                    () -> {
                      sink.abort(GeneratorFailure.unavailable("it broke off meanwhile"));
                      callback.succeeded();
                    },
                    callback::failed)));

    assertThat(body.readNBytes(CHUNK_BYTES)).hasSize(CHUNK_BYTES);
    assertThatThrownBy(body::read).isInstanceOf(IOException.class);
    assertThat(told()).isEqualTo(CHUNK_BYTES);
  }

  @Test
  void whatWasNotTakenHasNotGone() throws Exception {
    var _ =
        serve((_, buffer, callback, _) -> {
          buffer.position(buffer.position() + TAKEN_BYTES);
          callback.failed(new IOException("reset by peer"));
        });

    assertThat(told()).isEqualTo(TAKEN_BYTES);
  }

  private long told() throws Exception {
    return broken.get(10, TimeUnit.SECONDS);
  }

  /** Begins a response of which one chunk has come; what arrives of its body. */
  private InputStream serve(Write write) throws Exception {
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws Exception {
            begin(request, response, callback, write);
            return true;
          }
        });
    server.start();
    URI uri = URI.create("http://127.0.0.1:" + connector.getLocalPort());
    var answer = http.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofInputStream());
    return answer
        .handle((response, _) -> response == null ? InputStream.nullInputStream() : response.body())
        .get(10, TimeUnit.SECONDS);
  }

  private final BodyReception bodies =
      new BodyReception(
          HttpLimits.of(
              PortSettings.PUBLIC_DEFAULTS,
              3,
              Duration.ofSeconds(10),
              Duration.ofSeconds(75),
              1024),
          new RefusalCounters());

  private void begin(Request request, Response response, Callback callback, Write write)
      throws Exception {
    CompletableFuture<HttpBodySink> made = new CompletableFuture<>();
    Response written =
        new Response.Wrapper(request, response) {
          @Override
          public void write(boolean last, ByteBuffer buffer, Callback done) {
            write.of(getWrapped(), buffer, done, made.join());
          }
        };
    HttpBodySink sink = new HttpBodySink(new Exchange(request, written, callback, bodies), false);
    made.complete(sink);
    sink.start(new Source());
    sink.head(
        Chunks.of(
            ImageChunk.newBuilder()
                .setImage(Image.newBuilder().setName("images/key").setSizeBytes(SIZE))
                .build()));
    sink.data(
        Chunks.of(
            ImageChunk.newBuilder().setData(ByteString.copyFrom(new byte[CHUNK_BYTES])).build()));
  }

  private final class Source implements RelaySource {

    @Override
    public void demand() {}

    @Override
    public void progressed() {}

    @Override
    public void written() {}

    @Override
    public void received() {}

    @Override
    public void broken(long inDoubtBytes) {
      broken.complete(inDoubtBytes);
    }
  }
}
