package dev.coatcheck.cli.bench;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/** The map in one server: arrays, and the HTTP server that ours has, in one process. */
final class MapServer extends Handler.Abstract.NonBlocking {

  private final Map<String, byte[]> images = new ConcurrentHashMap<>();

  private MapServer() {}

  public static void main(String[] arguments) throws Exception {
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(new MapServer());
    server.start();
    System.out.println("ready port=" + connector.getLocalPort());
    server.join();
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = Request.getPathInContext(request);
    int sizeBytes = Integer.parseInt(path.substring(1, path.indexOf('-')));
    byte[] image = images.computeIfAbsent(path, _ -> Content.of(sizeBytes));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "image/png");
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, image.length);
    response.write(true, ByteBuffer.wrap(image), callback);
    return true;
  }
}
