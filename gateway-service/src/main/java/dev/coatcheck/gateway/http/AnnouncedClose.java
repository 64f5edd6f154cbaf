package dev.coatcheck.gateway.http;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;

/**
 * Announces in the response that its connection is closed behind it (RFC 9112, 9.6), whichever side
 * decided so. Jetty leaves that out where the request is of HTTP/1.0, or of no version at all since
 * it is malformed, although its responses are of HTTP/1.1: a proxy keeps such a connection, and its
 * next client's request is lost.
 */
final class AnnouncedClose implements HttpConfiguration.Customizer {

  @Override
  public Request customize(Request request, HttpFields.Mutable responseHeaders) {
    announce(request, responseHeaders);
    return request;
  }

  /** For a response to a request that Jetty passes to no handler. */
  static void announce(Request request, HttpFields.Mutable responseHeaders) {
    var connection = request.getConnectionMetaData();
    // The version is what the request says, which may be HTTP/2.0 over HTTP/1.1.
    if (!(connection.getConnection() instanceof HTTP2Connection) && !connection.isPersistent()) {
      responseHeaders.put(HttpHeader.CONNECTION, "close");
    }
  }
}
