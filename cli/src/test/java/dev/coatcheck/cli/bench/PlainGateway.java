package dev.coatcheck.cli.bench;

import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.ImageChunk;
import dev.coatcheck.v1.ImageServiceGrpc;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import java.io.OutputStream;
import java.util.Iterator;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content.Sink;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/** The plain way in grpc-java, the side that browsers talk to: a blocking stub, and copies. */
final class PlainGateway extends Handler.Abstract {

  private final ImageServiceGrpc.ImageServiceBlockingStub images;

  private PlainGateway(ImageServiceGrpc.ImageServiceBlockingStub images) {
    this.images = images;
  }

  public static void main(String[] arguments) throws Exception {
    var channel =
        Grpc.newChannelBuilder("127.0.0.1:" + arguments[0], InsecureChannelCredentials.create())
            .build();
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(new PlainGateway(ImageServiceGrpc.newBlockingStub(channel)));
    server.start();
    System.out.println("ready port=" + connector.getLocalPort());
    server.join();
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Iterator<ImageChunk> chunks =
        images.downloadImage(
            DownloadImageRequest.newBuilder().setName(Request.getPathInContext(request)).build());
    try (OutputStream out = Sink.asOutputStream(response)) {
      while (chunks.hasNext()) {
        ImageChunk chunk = chunks.next();
        if (chunk.getOffset() == 0) {
          response.getHeaders().put(HttpHeader.CONTENT_TYPE, "image/png");
          response.getHeaders().put(HttpHeader.CONTENT_LENGTH, chunk.getSizeBytes());
        }
        out.write(chunk.getData().toByteArray());
      }
    }
    callback.succeeded();
    return true;
  }
}
