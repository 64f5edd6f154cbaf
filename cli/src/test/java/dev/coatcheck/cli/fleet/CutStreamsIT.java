package dev.coatcheck.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.coatcheck.cli.ImageClient;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.DeleteImageRequest;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageChunk;
import dev.coatcheck.v1.ImageServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More streams that are cut in one moment than a generator's own memory could copy the rest of. */
@Timeout(180)
class CutStreamsIT {

  private static final int STREAMS = 160;
  private static final int SIZE_BYTES = 512 << 10;
  private static final int LARGE_BYTES = 8 << 20;

  /** Less than half of what waits in the transport, a chunk of 256 KiB for each stream. */
  private static final String OWN_MEMORY = "-XX:MaxDirectMemorySize=16m";

  /** So that hardly anything leaves the transport. */
  private static final int WINDOW_BYTES = 64 << 10;

  @TempDir private Path directory;

  private ProcessFleet fleet;
  private FleetProcess generator;
  private ManagedChannel stalled;
  private ManagedChannel others;

  @BeforeEach
  void start() throws Exception {
    fleet = ProcessFleet.start(directory, 1, 0, Map.of("COATCHECK_JAVA_OPTS", OWN_MEMORY));
    generator = fleet.generators.getFirst();
    stalled = channel().flowControlWindow(WINDOW_BYTES).build();
    others = channel().build();
  }

  private NettyChannelBuilder channel() {
    return NettyChannelBuilder.forTarget(generator.address()).usePlaintext();
  }

  @AfterEach
  void stop() throws Exception {
    stalled.shutdownNow();
    others.shutdownNow();
    fleet.close();
  }

  /**
   * 1. Readers take the head, and then nothing. 2. Their images are deleted under them. 3. Somebody
   * else's image comes whole. 4. The readers go away, and all memory is free.
   */
  @Test
  void othersAreServedAsEver() throws Exception {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < STREAMS; i++) {
      names.add(create(SIZE_BYTES).getName());
    }
    CountDownLatch begun = new CountDownLatch(STREAMS);
    List<ClientCall<?, ?>> readers = new ArrayList<>();
    names.forEach(name -> readers.add(stall(name, begun)));
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();

    for (String name : names) {
      var _ = images().deleteImage(DeleteImageRequest.newBuilder().setName(name).build());
    }

    Image large = create(LARGE_BYTES);
    assertThat(ImageClient.sha256(content(large.getName()))).isEqualTo(large.getSha256());
    assertThat(generator.log()).noneMatch(line -> line.contains("direct buffer memory"));
    readers.forEach(reader -> reader.cancel("it goes away", null));
    fleet.awaitEmpty();
  }

  private Image create(int sizeBytes) {
    return images()
        .createImage(
            CreateImageRequest.newBuilder()
                .setMaxBytes(sizeBytes)
                .setWait(Duration.newBuilder().setSeconds(30))
                .setSpec(
                    Struct.newBuilder()
                        .putFields(
                            "sizeBytes", Value.newBuilder().setNumberValue(sizeBytes).build()))
                .build());
  }

  /** Begins a download, of which nothing but the head of the answer is ever taken. */
  private ClientCall<?, ?> stall(String name, CountDownLatch begun) {
    ClientCall<DownloadImageRequest, ImageChunk> call =
        stalled.newCall(ImageServiceGrpc.getDownloadImageMethod(), CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onHeaders(Metadata headers) {
            begun.countDown();
          }
        },
        new Metadata());
    call.sendMessage(DownloadImageRequest.newBuilder().setName(name).build());
    call.halfClose();
    return call;
  }

  private byte[] content(String name) {
    ByteString bytes = ByteString.EMPTY;
    Iterator<ImageChunk> chunks =
        images().downloadImage(DownloadImageRequest.newBuilder().setName(name).build());
    while (chunks.hasNext()) {
      bytes = bytes.concat(chunks.next().getData());
    }
    return bytes.toByteArray();
  }

  private ImageServiceGrpc.ImageServiceBlockingStub images() {
    return ImageServiceGrpc.newBlockingStub(others).withDeadlineAfter(30, TimeUnit.SECONDS);
  }
}
