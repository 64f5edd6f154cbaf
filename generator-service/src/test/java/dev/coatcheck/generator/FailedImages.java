package dev.coatcheck.generator;

import com.google.protobuf.Struct;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.ingest.ImageSource;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageServiceGrpc;
import io.grpc.stub.StreamObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A process that has images made by a function that fails, with a message of its own for each, and
 * prints how much more of its heap is in use afterwards. Every text of a create is as long as it
 * may be.
 */
final class FailedImages {

  private static final int AT_ONCE = 4;
  private static final int LONG_CHARACTERS = 1_000_000;
  private static final int SHORT_CHARACTERS = 1_000;

  private FailedImages() {}

  /** Takes the number of images that fail with a megabyte, and with a kilobyte. */
  public static void main(String[] args) throws Exception {
    AtomicInteger number = new AtomicInteger();
    AtomicReference<String> message = new AtomicReference<>("한".repeat(LONG_CHARACTERS));
    ImageSource failing =
        (_, sink) -> {
          String told = number.incrementAndGet() + message.get();
          sink.fail(Refusal.of(ErrorReason.FUNCTION_FAILED, told));
          return () -> {};
        };
    Path directory = Files.createTempDirectory("failed");
    try (GeneratorFixture generator = GeneratorFixture.start(directory, failing)) {
      create(generator, 1000);
      long before = usedBytes();
      create(generator, Integer.parseInt(args[0]));
      message.set("한".repeat(SHORT_CHARACTERS));
      create(generator, Integer.parseInt(args[1]));
      generator.awaitPoolFull();
      System.out.println("bytes=" + (usedBytes() - before));
    } finally {
      Files.delete(directory.resolve("keyset.json"));
      Files.delete(directory);
    }
  }

  private static void create(GeneratorFixture generator, int images) throws Exception {
    Semaphore running = new Semaphore(AT_ONCE);
    AtomicInteger made = new AtomicInteger();
    for (int i = 0; made.get() < images; i++) { // some are refused, while others are ending
      running.acquire();
      ImageServiceGrpc.newStub(generator.channel)
          .createImage(
              CreateImageRequest.newBuilder()
                  .setSpec(Struct.getDefaultInstance())
                  .setRequestId("%0128d".formatted(System.nanoTime()))
                  .setFilename("f%0254d".formatted(i))
                  .build(),
              new StreamObserver<Image>() {
                @Override
                public void onNext(Image image) {
                  made.incrementAndGet();
                }

                @Override
                public void onError(Throwable thrown) {
                  running.release();
                }

                @Override
                public void onCompleted() {
                  running.release();
                }
              });
    }
    running.acquire(AT_ONCE);
  }

  private static long usedBytes() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(100);
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
