package dev.coatcheck.gateway.http;

import dev.coatcheck.kit.pace.ReadingTime;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Finds out whether a client's program has received a response. That its last byte was written is
 * no evidence: the client's kernel may hold megabytes that the program never reads.
 *
 * <p>Used in this order: {@link #writeLast}, {@link #await}; or {@link #abandon} instead of what is
 * left of that.
 */
interface Receipt {

  /** Learns what was found out. One of its methods is called, once, unless the server ends. */
  interface Listener {

    /** The client's program has all of it. */
    void received();

    /** The connection ended before the client's program had the last byte. */
    void lost();
  }

  /** For {@code request}, by what its protocol shows. */
  static Receipt of(Request request) {
    Connection connection = request.getConnectionMetaData().getConnection();
    if (!(connection.getEndPoint() instanceof ObservedEndPoint endPoint)) {
      return new WrittenReceipt();
    }
    return connection instanceof HTTP2Connection http2
        ? new PingReceipt(request, http2.getSession(), endPoint)
        : new TcpReceipt(endPoint);
  }

  /**
   * Writes what the client may take for the end of the response.
   *
   * @param content what is still to be written, perhaps nothing
   */
  void writeLast(Response response, ByteBuffer content, Callback callback);

  /**
   * Waits for evidence, after the end was written.
   *
   * @param pace of the client's reading
   * @param done ends the exchange, so that the connection serves its next request
   */
  void await(ReadingTime pace, Listener listener, Runnable done);

  /** The response has failed, and is not awaited. */
  void abandon();
}
