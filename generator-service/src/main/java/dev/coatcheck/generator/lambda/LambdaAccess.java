package dev.coatcheck.generator.lambda;

import com.amazonaws.ClientConfiguration;
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.lambda.AWSLambda;
import com.amazonaws.services.lambda.AWSLambdaClientBuilder;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.ProxyConfiguration;
import software.amazon.awssdk.services.lambda.LambdaAsyncClientBuilder;

/**
 * What the clients of both SDKs have in common, so that Lambda is reached by all transfers in the
 * same way, or by none: where it is, who calls, through which proxy, and for how long.
 *
 * <p><b>Ownership:</b> whoever makes it closes it, after the clients.
 */
final class LambdaAccess implements AutoCloseable {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /**
   * A connection that was idle for so long is looked at before it is used, since Lambda may have
   * closed it (RFC 9112, 9.5). It takes a millisecond, of calls that take many.
   */
  private static final int VALIDATE_AFTER_MILLIS = 1;

  /** Lambda ends the function itself; we wait a little longer, so that we hear of it. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final LambdaEndpoint endpoint;
  private final Optional<HttpProxy> proxy;
  private final CredentialsChain credentials;
  private final Duration readTimeout;

  /**
   * Finds all of it.
   *
   * @throws IllegalArgumentException if AWS's own settings are missing or make no sense
   */
  LambdaAccess(LambdaSettings settings) {
    this.endpoint = LambdaEndpoint.find(settings.endpoint(), settings.region());
    this.proxy = HttpProxy.to(endpoint.url());
    this.credentials = new CredentialsChain(settings.dummyCredentials());
    this.readTimeout = settings.functionTimeout().plus(GRACE);
  }

  /** A client of the SDK v1, which never tries again by itself. */
  AWSLambda client(int connections, ErrorBodyLimit limit) {
    ClientConfiguration configuration =
        new ClientConfiguration()
            .withMaxErrorRetry(0)
            .withMaxConnections(connections)
            .withValidateAfterInactivityMillis(VALIDATE_AFTER_MILLIS)
            .withConnectionTimeout((int) CONNECT_TIMEOUT.toMillis())
            .withSocketTimeout((int) readTimeout.toMillis())
            .withProxyHost(proxy.map(HttpProxy::host).orElse(""))
            .withProxyPort(proxy.map(HttpProxy::port).orElse(0)) // which is none
            .withProxyUsername(proxy.map(HttpProxy::username).orElse(""))
            .withProxyPassword(proxy.map(HttpProxy::password).orElse(""))
            .withNonProxyHosts("");
    KeepAlive.configure(configuration);
    return AWSLambdaClientBuilder.standard()
        .withRequestHandlers(limit)
        .withClientConfiguration(configuration)
        .withEndpointConfiguration(
            new EndpointConfiguration(endpoint.url().toString(), endpoint.region().id()))
        .withCredentials(credentials)
        .build();
  }

  /** The same for a client of the SDK v2. */
  void configure(LambdaAsyncClientBuilder client) {
    client
        .endpointOverride(endpoint.url())
        .fipsEnabled(false) // the endpoint is what they come to
        .dualstackEnabled(false)
        .region(endpoint.region())
        .credentialsProvider(credentials);
  }

  /** The same for its connections. */
  void configure(NettyNioAsyncHttpClient.Builder connections) {
    ProxyConfiguration.Builder way =
        ProxyConfiguration.builder()
            .useEnvironmentVariableValues(false)
            .useSystemPropertyValues(false);
    proxy.ifPresent(through ->
        way.host(through.host())
            .port(through.port())
            .username(through.username())
            .password(through.password()));
    connections
        .connectionTimeout(CONNECT_TIMEOUT)
        .connectionAcquisitionTimeout(CONNECT_TIMEOUT)
        .readTimeout(readTimeout)
        .proxyConfiguration(way.build());
    KeepAlive.configure(connections);
  }

  @Override
  public void close() {
    credentials.close();
  }
}
