package dev.coatcheck.generator;

import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.CreateImageRequest.Transfer;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageServiceGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A process that calls failing functions, many at once, and prints how many it heard fail. */
final class FailingFunctions {

  static final int CALLS = 180;

  private static final List<Transfer> TRANSFERS =
      List.of(Transfer.BUFFERED, Transfer.RESPONSE_STREAM, Transfer.CALLBACK);

  private FailingFunctions() {}

  /** Takes Lambda's URL. */
  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory("failing");
    Map<String, String> room = Map.of("COATCHECK_MEMORY", "128MiB");
    try (GeneratorFixture generator =
        GeneratorFixture.start(directory, URI.create(args[0]), room)) {
      AtomicInteger failed = new AtomicInteger();
      for (Transfer transfer : TRANSFERS) {
        CountDownLatch ended = new CountDownLatch(CALLS / TRANSFERS.size());
        for (int i = 0; i < CALLS / TRANSFERS.size(); i++) {
          create(generator, transfer, failed, ended);
        }
        ended.await();
      }
      System.out.println("failed=" + failed);
    } finally {
      Files.delete(directory.resolve("keyset.json"));
      Files.delete(directory);
    }
  }

  private static void create(
      GeneratorFixture generator, Transfer transfer, AtomicInteger failed, CountDownLatch ended) {
    ImageServiceGrpc.newStub(generator.channel)
        .createImage(
            CreateImageRequest.newBuilder()
                .setSpec(Struct.getDefaultInstance())
                .setTransfer(transfer)
                .setWait(Duration.newBuilder().setSeconds(60))
                .build(),
            new StreamObserver<Image>() {
              @Override
              public void onNext(Image image) {}

              @Override
              public void onError(Throwable thrown) {
                String told = String.valueOf(Status.fromThrowable(thrown).getDescription());
                if (told.startsWith("Unhandled: mmm")) {
                  failed.incrementAndGet();
                } else {
                  System.out.println(thrown);
                }
                ended.countDown();
              }

              @Override
              public void onCompleted() {
                ended.countDown();
              }
            });
  }
}
