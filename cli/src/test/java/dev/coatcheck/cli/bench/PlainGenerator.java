package dev.coatcheck.cli.bench;

import com.google.protobuf.ByteString;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.ImageChunk;
import dev.coatcheck.v1.ImageServiceGrpc;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The plain way in grpc-java, the side that holds the bytes: arrays in a map, generated stubs, a
 * {@code ByteString} for each message, and as much flow control as the tutorial has.
 */
final class PlainGenerator extends ImageServiceGrpc.ImageServiceImplBase {

  /** As much in a message as ours. */
  private static final int CHUNK_BYTES = 256 << 10;

  private final Map<String, byte[]> images = new ConcurrentHashMap<>();

  private PlainGenerator() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Server server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(new PlainGenerator())
            .build()
            .start();
    System.out.println("ready port=" + server.getPort());
    server.awaitTermination();
  }

  @Override
  public void downloadImage(DownloadImageRequest request, StreamObserver<ImageChunk> observer) {
    byte[] image = images.computeIfAbsent(request.getName(), PlainGenerator::contentOf);
    var call = (ServerCallStreamObserver<ImageChunk>) observer;
    call.setOnReadyHandler(
        new Runnable() {
          private int position;

          @Override
          public void run() {
            while (call.isReady() && position < image.length) {
              int length = Math.min(CHUNK_BYTES, image.length - position);
              call.onNext(
                  ImageChunk.newBuilder()
                      .setOffset(position)
                      .setData(ByteString.copyFrom(image, position, length))
                      .setSizeBytes(image.length)
                      .build());
              position += length;
              if (position == image.length) {
                call.onCompleted();
              }
            }
            if (image.length == 0) {
              call.onError(Status.NOT_FOUND.asRuntimeException());
            }
          }
        });
  }

  private static byte[] contentOf(String name) {
    return Content.of(Integer.parseInt(name.substring(1, name.indexOf('-'))));
  }
}
