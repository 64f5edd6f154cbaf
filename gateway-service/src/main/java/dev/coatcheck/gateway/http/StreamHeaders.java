package dev.coatcheck.gateway.http;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * What a response has that a proxy is to pass on as it comes. A proxy that reads a response faster
 * than its client is taken for the client.
 */
final class StreamHeaders {

  private static final HttpField NOT_TRANSFORMED =
      new HttpField(HttpHeader.CACHE_CONTROL, "no-store, no-transform");

  /** nginx passes the response on without a buffer in memory or on disk. */
  private static final HttpField NOT_BUFFERED = new HttpField("X-Accel-Buffering", "no");

  private StreamHeaders() {}

  static void put(HttpFields.Mutable headers) {
    headers.put(NOT_TRANSFORMED);
    headers.put(NOT_BUFFERED);
  }
}
