package dev.coatcheck.generator.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.amazonaws.ClientConfiguration;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;
import org.apache.http.protocol.BasicHttpContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpResponseHandler;
import software.amazon.awssdk.http.async.SdkHttpContentPublisher;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;

@Timeout(60)
class KeepAliveTest {

  private static final Duration FORGOTTEN = Duration.ofSeconds(350);

  @Test
  void isSoonerThanAnythingForgets() {
    assertThat(KeepAlive.IDLE).isLessThan(FORGOTTEN);
  }

  @Test
  void socketOfTheFirstSdk() throws Exception {
    ClientConfiguration client = new ClientConfiguration();
    KeepAlive.configure(client);

    assertThat(client.useTcpKeepAlive()).isTrue();
    try (Socket socket =
        client
            .getApacheHttpClientConfig()
            .getSslSocketFactory()
            .createSocket(new BasicHttpContext())) {
      assertThat(socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE)).isEqualTo(60);
      assertThat(socket.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL)).isEqualTo(30);
    }
  }

  /** As the kernel has it: a connection whose keep-alive timer runs. */
  @Test
  void connectionOfTheSecondSdk() throws Exception {
    NettyNioAsyncHttpClient.Builder connections = NettyNioAsyncHttpClient.builder();
    KeepAlive.configure(connections);
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        SdkAsyncHttpClient client = connections.build()) {
      URI url = URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/");
      SdkHttpFullRequest request =
          SdkHttpFullRequest.builder().method(SdkHttpMethod.GET).uri(url).build();
      var _ =
          client.execute(
              AsyncExecuteRequest.builder()
                  .request(request)
                  .requestContentPublisher(new NoContent())
                  .responseHandler(new Ignored())
                  .build());
      try (Socket _ = silent.accept()) {
        await()
            .untilAsserted(() ->
                assertThat(KeepAliveTimers.secondsOfConnectionTo(silent.getLocalPort()))
                    .isBetween(0.0, (double) KeepAlive.IDLE.toSeconds()));
      }
    }
  }

  private static final class NoContent implements SdkHttpContentPublisher {
    @Override
    public Optional<Long> contentLength() {
      return Optional.of(0L);
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
      AsyncRequestBody.empty().subscribe(subscriber);
    }
  }

  /** Takes an answer that does not come. */
  private static final class Ignored implements SdkAsyncHttpResponseHandler {
    @Override
    public void onHeaders(SdkHttpResponse headers) {}

    @Override
    public void onStream(Publisher<ByteBuffer> stream) {}

    @Override
    public void onError(Throwable error) {}
  }
}
