package dev.coatcheck.generator.lambda;

import com.amazonaws.ClientConfiguration;
import com.amazonaws.http.conn.ssl.SdkTLSSocketFactory;
import io.netty.channel.socket.nio.NioChannelOption;
import java.io.IOException;
import java.net.Socket;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import jdk.net.ExtendedSocketOptions;
import org.apache.http.conn.ssl.DefaultHostnameVerifier;
import org.apache.http.protocol.HttpContext;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;

/**
 * TCP keep-alive of connections to Lambda, which are silent for as long as a function runs. The
 * system's own idle time, two hours, is of no use: AWS's NAT gateways and load balancers forget a
 * connection that was silent for 350 s.
 *
 * @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html">
 *     NAT gateways: connection drops after 350 seconds</a>
 */
final class KeepAlive {

  static final Duration IDLE = Duration.ofSeconds(60);
  static final Duration INTERVAL = Duration.ofSeconds(30);

  private KeepAlive() {}

  /** Sets it for a client of the SDK v2. */
  static void configure(NettyNioAsyncHttpClient.Builder connections) {
    connections
        .tcpKeepAlive(true)
        .putChannelOption(
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), (int) IDLE.toSeconds())
        .putChannelOption(
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
            (int) INTERVAL.toSeconds());
  }

  /** Sets it for a client of the SDK v1, whose connections without TLS have the system's times. */
  static void configure(ClientConfiguration client) {
    client.setUseTcpKeepAlive(true);
    client.getApacheHttpClientConfig().setSslSocketFactory(new SocketFactory(tls()));
  }

  private static SSLContext tls() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("no TLS", e);
    }
  }

  /** The SDK's own, but for these options. */
  static final class SocketFactory extends SdkTLSSocketFactory {

    SocketFactory(SSLContext tls) {
      super(tls, new DefaultHostnameVerifier());
    }

    @Override
    public Socket createSocket(HttpContext context) throws IOException {
      Socket socket = super.createSocket(context);
      socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, (int) IDLE.toSeconds());
      socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, (int) INTERVAL.toSeconds());
      return socket;
    }
  }
}
