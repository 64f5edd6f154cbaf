package dev.coatcheck.gateway.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** A request as its client has sent it to the outermost proxy, as far as the proxies say. */
final class ForwardedRequest extends Request.Wrapper {

  private final ForwardedElement said;
  private final String prefix;
  private final HttpURI uri;
  private final ConnectionMetaData connection;

  /**
   * The request that {@code wrapped} was.
   *
   * @param said by the proxies
   * @param prefix what they have taken from the front of its path
   */
  ForwardedRequest(Request wrapped, ForwardedElement said, String prefix) {
    super(wrapped);
    this.said = said;
    this.prefix = prefix;
    this.uri = uri(wrapped.getHttpURI(), said);
    this.connection =
        said.client()
            .<ConnectionMetaData>map(client -> new Connection(wrapped, client))
            .orElseGet(wrapped::getConnectionMetaData);
  }

  private static HttpURI uri(HttpURI received, ForwardedElement said) {
    HttpURI.Mutable uri = HttpURI.build(received);
    said.scheme().ifPresent(uri::scheme);
    said.authority()
        .ifPresent(authority ->
            uri.authority(authority.host(), authority.port() == 0 ? -1 : authority.port()));
    return uri.asImmutable();
  }

  /** The scheme by which the client has asked, if a trusted proxy says so. */
  static Optional<String> schemeOf(Request request) {
    ForwardedRequest forwarded = Request.as(request, ForwardedRequest.class);
    return forwarded == null ? Optional.empty() : forwarded.said.scheme();
  }

  /** What a trusted proxy has taken from the front of the path; empty, or {@code /a/b}. */
  static String prefixOf(Request request) {
    ForwardedRequest forwarded = Request.as(request, ForwardedRequest.class);
    return forwarded == null ? "" : forwarded.prefix;
  }

  @Override
  public HttpURI getHttpURI() {
    return uri;
  }

  @Override
  public ConnectionMetaData getConnectionMetaData() {
    return connection;
  }

  private static final class Connection extends ConnectionMetaData.Wrapper {

    private final SocketAddress client;

    Connection(Request request, InetAddress client) {
      super(request.getConnectionMetaData());
      this.client = new InetSocketAddress(client, 0);
    }

    @Override
    public @Nullable SocketAddress getRemoteSocketAddress() {
      return client;
    }
  }
}
