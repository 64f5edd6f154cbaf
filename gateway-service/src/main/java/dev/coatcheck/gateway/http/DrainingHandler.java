package dev.coatcheck.gateway.http;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Lets what runs finish when the server stops, and answers what still comes on connections that are
 * open: a client cannot know that the server is about to go, and a refusal would be a failure that
 * only a restart makes. Over HTTP/1.1 such an answer is the last of its connection; over HTTP/2
 * clients were told already that no more requests are taken.
 */
final class DrainingHandler extends GracefulHandler {

  DrainingHandler(Handler handler) {
    super(handler);
  }

  @Override
  protected void handleShutdownRejection(Request request, Response response, Callback callback) {
    if (request.getConnectionMetaData().getHttpVersion().getVersion()
        <= HttpVersion.HTTP_1_1.getVersion()) {
      HttpFields.Mutable headers = response.getHeaders();
      headers.put(HttpHeader.CONNECTION, "close");
    }
    try {
      if (!getHandler().handle(request, response, callback)) {
        super.handleShutdownRejection(request, response, callback);
      }
    } catch (Exception e) {
      callback.failed(e);
    }
  }
}
